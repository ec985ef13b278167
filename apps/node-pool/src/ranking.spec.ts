import { rank } from './ranking.js';

/** A repeatable generator (Park and Miller's), so that the shares below are the same on every run. */
const generator = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

const known = (score: number) => ({ score, tests: 20 });

describe('rank', () => {
  it('orders known nodes by score', () => {
    const ranked = rank([known(0.2), known(0.9), known(0.5)], generator(1));
    expect(ranked.map(({ score }) => score)).toEqual([0.9, 0.5, 0.2]);
  });

  it('lets newcomers come first about one time in five', () => {
    const random = generator(7);
    const nodes = [known(0.9), known(0.8), { score: null, tests: 0 }, { score: 0.3, tests: 4 }];
    const first = Array.from({ length: 1_000 }, () => rank(nodes, random)[0]);
    const newcomers = first.filter((node) => node!.tests < 10).length;
    expect(newcomers).toBeGreaterThan(150);
    expect(newcomers).toBeLessThan(250);
  });

  it('shuffles equals, so that two sessions do not want the same node', () => {
    const random = generator(3);
    const nodes = ['a', 'b', 'c'].map((id) => ({ ...known(0.5), id }));
    const first = new Set(Array.from({ length: 100 }, () => rank(nodes, random)[0]!.id));
    expect(first).toEqual(new Set(['a', 'b', 'c']));
  });

  it('keeps every candidate exactly once', () => {
    const nodes = [known(0.1), known(0.2), { score: null, tests: 0 }];
    expect(new Set(rank(nodes, generator(5)))).toEqual(new Set(nodes));
  });
});
