import type { Allowance } from './newcomers.js';
import { rank } from './ranking.js';

/** A repeatable generator (Park and Miller's), so that the shares below are the same on every run. */
const generator = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

const known = (score: number, tokensPerSecond: number | null = null) => ({
  score,
  tests: 20,
  tokensPerSecond,
});
const newcomer = (tests: number, score: number | null = null) => ({ score, tests, tokensPerSecond: null });
const fifth: Allowance = { share: 0.2, places: Infinity };

describe('rank', () => {
  it('orders known nodes by score', () => {
    const ranked = rank([known(0.2), known(0.9), known(0.5)], fifth, generator(1));
    expect(ranked.map(({ score }) => score)).toEqual([0.9, 0.5, 0.2]);
  });

  it('lets newcomers come first as often as their share is', () => {
    const random = generator(7);
    const nodes = [known(0.9), known(0.8), newcomer(0), newcomer(4, 0.3)];
    const first = Array.from({ length: 1_000 }, () => rank(nodes, fifth, random)[0]);
    const newcomers = first.filter((node) => node!.tests < 10).length;
    expect(newcomers).toBeGreaterThan(150);
    expect(newcomers).toBeLessThan(250);
  });

  it('prefers the faster of nodes with about the same score, and a better score to any speed', () => {
    const nodes = [known(0.9, 10), known(0.905, 80), known(0.9), known(0.5, 9_000)];
    const ranked = rank(nodes, fifth, generator(2));
    expect(ranked.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([80, 10, null, 9_000]);
  });

  it('gives newcomers no more places than they may have while known nodes are left', () => {
    const nodes = [
      ...Array.from({ length: 6 }, () => newcomer(0)),
      ...Array.from({ length: 6 }, () => known(0.5)),
    ];
    const eager = (places: number) =>
      rank(nodes, { share: 1, places }, generator(4)).map(({ tests }) => tests > 0);
    expect(eager(2)).toEqual([
      false,
      false,
      ...Array<boolean>(6).fill(true),
      ...Array<boolean>(4).fill(false),
    ]);
    expect(eager(0).slice(0, 6)).toEqual(Array(6).fill(true));
  });

  it('shuffles equals, so that two sessions do not want the same node', () => {
    const random = generator(3);
    const nodes = ['a', 'b', 'c'].map((id) => ({ ...known(0.5), id }));
    const first = new Set(Array.from({ length: 100 }, () => rank(nodes, fifth, random)[0]!.id));
    expect(first).toEqual(new Set(['a', 'b', 'c']));
  });

  it('keeps every candidate exactly once', () => {
    const nodes = [known(0.1), known(0.2), newcomer(0)];
    expect(new Set(rank(nodes, fifth, generator(5)))).toEqual(new Set(nodes));
  });
});
