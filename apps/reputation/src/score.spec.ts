import type { Phase } from '@ganglion/contracts';
import { decay, HALF_LIFE_MS, scoreOf, type Stat, successRateOf, wilsonLowerBound } from './score.js';

const stat = (phase: Phase, succeeded: number, total: number, asOf = 0): Stat => ({
  phase,
  total,
  succeeded,
  points: 0,
  weight: total,
  weightSucceeded: succeeded,
  asOf,
});

describe('the Wilson lower bound', () => {
  it.each([
    // Published values of the 95 % interval without continuity correction.
    [0, 10, 0],
    [1, 1, 0.2065],
    [5, 10, 0.2366],
    [10, 10, 0.7225],
    [81, 263, 0.2553],
    [100, 100, 0.963],
  ])('of %d in %d is %d', (successes, trials, bound) => {
    expect(wilsonLowerBound(successes, trials)).toBeCloseTo(bound, 4);
  });

  it('is 0 without trials', () => {
    expect(wilsonLowerBound(0, 0)).toBe(0);
  });
});

describe('the score', () => {
  it('is 0 for a newcomer and rises with every right answer', () => {
    const scores = [0, 1, 2, 5, 20, 100].map((n) => scoreOf([stat('correctness', n, n)]).score);
    expect(scores[0]).toBe(0);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
  });

  it('falls when an answer is wrong', () => {
    const before = scoreOf([stat('correctness', 20, 20)]).score;
    expect(scoreOf([stat('correctness', 20, 21)]).score).toBeLessThan(before);
  });

  it('is weighed with availability: who stays away sinks, and work says more than a ping', () => {
    const correct = stat('correctness', 50, 50);
    const present = scoreOf([correct, stat('start', 10, 10)]);
    const absent = scoreOf([correct, stat('start', 5, 10)]);
    const unpinged = scoreOf([correct, stat('ping', 5, 10)]);
    expect(present.available).toBe(1);
    expect(absent.available).toBeCloseTo(6 / 11, 10);
    expect(absent.score).toBeCloseTo(absent.correct * absent.available, 10);
    expect(unpinged.score).toBeGreaterThan(absent.score);
    expect(unpinged.score).toBeLessThan(present.score);
  });

  it('lets the past fade: half of it counts after a week', () => {
    expect(decay(HALF_LIFE_MS)).toBe(0.5);
    const old = stat('commit', 0, 10, 0);
    const lately = stat('correctness', 10, 10, HALF_LIFE_MS);
    expect(scoreOf([old, lately]).correct).toBeCloseTo(wilsonLowerBound(10, 15), 10);
  });

  it('does not depend on speed', () => {
    expect(scoreOf([stat('correctness', 3, 3)]).score).toBe(
      scoreOf([{ ...stat('correctness', 3, 3), points: 99 }]).score,
    );
  });
});

describe('the success rate', () => {
  it('is unknown before the first answer, and plain after it', () => {
    expect(successRateOf([stat('ping', 3, 3)])).toBeNull();
    expect(successRateOf([stat('commit', 3, 4), stat('correctness', 2, 4)])).toBe(5 / 8);
  });
});
