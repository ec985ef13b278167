import { lastRunEnd, LONGEST_RUN, runEnd, sharedPrefix } from './prompt-chunks.js';

/** The lengths of the runs of a prompt. */
function runs(length: number): number[] {
  const ends = [0];
  while (ends.at(-1)! < length) ends.push(runEnd(length, ends.at(-1)!));
  return ends.slice(1).map((end, at) => end - ends[at]!);
}

const counting = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe('the runs of a prompt', () => {
  it.each([
    [1, [1]],
    [64, [64]],
    [79, [79]],
    [80, [64, 16]],
    [128, [64, 64]],
    [143, [64, 79]],
    [512, [64, 64, 64, 64, 64, 64, 64, 64]],
  ])('of %i tokens are %j', (length, expected) => {
    expect(runs(length)).toEqual(expected);
  });

  it('are never longer than the longest, nor, but for the whole of a short prompt, shorter than 16', () => {
    for (let length = 1; length <= 2_000; length++) {
      const all = runs(length);
      expect(all.reduce((sum, run) => sum + run, 0)).toBe(length);
      expect(Math.max(...all)).toBeLessThanOrEqual(LONGEST_RUN);
      if (all.length > 1) expect(Math.min(...all)).toBeGreaterThanOrEqual(16);
    }
  });
});

describe('the beginning that two prompts share', () => {
  it('ends where runs of both end', () => {
    for (let length = 1; length <= 300; length += 7) {
      for (let other = 1; other <= 300; other += 11) {
        const shared = sharedPrefix(counting(length), counting(other));
        expect(shared).toBe(sharedPrefix(counting(other), counting(length)));
        for (const each of [length, other]) {
          const ends = runs(each).map((_, at, all) =>
            all.slice(0, at + 1).reduce((sum, run) => sum + run, 0),
          );
          if (shared > 0) expect(ends.slice(0, -1)).toContain(shared);
        }
      }
    }
    expect(sharedPrefix(counting(200), counting(300))).toBe(128);
  });

  it('ends before the first token that differs', () => {
    const other = counting(400);
    other[200] = 7;
    expect(sharedPrefix(counting(400), other)).toBe(192);
    other[0] = 7;
    expect(sharedPrefix(counting(400), other)).toBe(0);
  });

  it('is of what was computed only whole runs', () => {
    expect([0, 63, 64, 200].map(lastRunEnd)).toEqual([0, 0, 64, 192]);
  });
});
