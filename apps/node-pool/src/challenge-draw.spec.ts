import { drawChallenges } from './challenge-draw.js';

const challenge = (index: number, length: number) => ({
  prompt: `${index} `.padEnd(length, 'x'),
  answer: 'y',
  maxTokens: 8,
});

describe('drawChallenges', () => {
  it('takes all that fit, each once', () => {
    const all = [0, 1, 2].map((index) => challenge(index, 10));
    expect(new Set(drawChallenges(all))).toEqual(new Set(all));
  });

  it('keeps the answer to the clock small, but never empty', () => {
    const all = Array.from({ length: 500 }, (_, index) => challenge(index, 1_000));
    const drawn = drawChallenges(all);
    expect(drawn.length).toBeGreaterThan(20);
    expect(JSON.stringify(drawn).length).toBeLessThan(35_000);
    expect(drawChallenges([challenge(0, 20_000), challenge(1, 20_000)])).toHaveLength(1);
    expect(drawChallenges([challenge(0, 40_000)])).toHaveLength(1);
  });

  it('gives every challenge its chance', () => {
    const all = [0, 1].map((index) => challenge(index, 30_000));
    expect(drawChallenges(all, () => 0)).toEqual([all[0]]);
    expect(drawChallenges(all, () => 0.99)).toEqual([all[1]]);
  });
});
