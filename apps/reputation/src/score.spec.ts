import { type Phase, scoreExplanation, type ScoreExplanation } from '@ganglion/contracts';
import { story } from './heard.fixture.js';
import { emptyLedger, type Ledger } from './ledger.js';
import { newcomer } from './level.js';
import { Recount } from './recount.js';
import { explain, scoreOf, successRateOf } from './score.js';
import { unmeasured } from './speed.js';
import { FAILURE_HALF_LIFE_MS, HALF_LIFE_MS, type Stat } from './stat.js';
import { readEvent } from './trial.js';
import { wilsonLowerBound } from './wilson.js';

const stat = (phase: Phase, succeeded: number, total: number, asOf = 0): Stat => ({
  phase,
  total,
  succeeded,
  points: 0,
  weight: total,
  weightSucceeded: succeeded,
  weightFailed: total - succeeded,
  asOf,
});
const score = (...stats: Stat[]) => scoreOf({ stats, speed: unmeasured, standing: newcomer });

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
    const scores = [0, 1, 2, 5, 20, 100].map((n) => score(stat('correctness', n, n)).score);
    expect(scores[0]).toBe(0);
    expect(scoreOf(emptyLedger).score).toBe(0);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
  });

  it('falls by a wrong answer further than three right ones lift it', () => {
    const before = score(stat('correctness', 20, 20)).score;
    expect(score(stat('correctness', 20, 21)).score).toBeLessThan(before);
    expect(score(stat('correctness', 23, 24)).score).toBeLessThan(before);
  });

  it('trusts a test more than five commits, which bind a node to whatever it said', () => {
    expect(score(stat('commit', 5, 5)).correct).toBe(score(stat('correctness', 1, 1)).correct);
  });

  it('is weighed with availability: who stays away sinks, and work says more than pings', () => {
    const correct = stat('correctness', 50, 50);
    const present = score(correct, stat('start', 10, 10));
    const absent = score(correct, stat('start', 5, 10));
    const unpinged = score(correct, stat('start', 10, 10), stat('ping', 5_000, 10_000));
    expect(present.available).toBe(1);
    expect(absent.available).toBeCloseTo((0.8 * 6) / 11 + 0.2, 10);
    expect(absent.score).toBeCloseTo(absent.correct * absent.available * 0.9, 10);
    expect(unpinged.score).toBeGreaterThan(absent.score);
    expect(unpinged.score).toBeLessThan(present.score);
  });

  it('lets a success fade in weeks and a failure in months', () => {
    const lately = stat('correctness', 10, 10, HALF_LIFE_MS);
    expect(score(stat('commit', 10, 10, 0), lately).correct).toBe(wilsonLowerBound(11, 11));
    const later = stat('correctness', 10, 10, FAILURE_HALF_LIFE_MS);
    expect(score(stat('commit', 0, 2, 0), later).correct).toBe(wilsonLowerBound(10, 13));
  });

  it('is moved by speed by a tenth at most', () => {
    const stats = [stat('correctness', 30, 30)];
    const instant = { count: 1, weight: 1, sum: 0, asOf: 0 };
    const swift = scoreOf({ stats, speed: { ttft: instant, perToken: instant }, standing: newcomer });
    expect(swift.fast).toBe(1);
    expect(score(...stats).score / swift.score).toBeCloseTo(0.9, 10);
  });
});

describe('the explanation', () => {
  const ledgerOf = (seed: number, events: number): Ledger =>
    new Recount()
      .add(
        story(seed, events).map(({ eventId, subject, payload }, n) => ({
          sequence: BigInt(n + 1),
          eventId,
          heard: readEvent(subject, payload),
        })),
      )
      .result().ledger;

  /** The score, by nothing but the explanation as it arrives and the formula as docs/reputation.md has it. */
  const addUp = ({ axes }: ScoreExplanation): number => {
    const sumOf = (axis: string, name: string): number => {
      let sum = 0;
      for (const term of axes.find((one) => one.axis === axis)?.terms ?? [])
        if (term.sum === name) sum += term.amount * term.weight;
      return sum;
    };
    const right = sumOf('correct', 'right');
    const correct = wilsonLowerBound(right, right + sumOf('correct', 'wrong'));
    const done = (sumOf('available', 'done') + 1) / (sumOf('available', 'due') + 1);
    const answered = (sumOf('available', 'answered') + 1) / (sumOf('available', 'pinged') + 1);
    const available = 0.8 * done + (1 - 0.8) * answered;
    const fast = sumOf('fast', 'first') + sumOf('fast', 'steady');
    return correct * available * (1 - 0.1 + 0.1 * fast);
  };

  it.each(Array.from({ length: 25 }, (_, n) => n + 1))('adds up to the score, exactly (story %d)', (seed) => {
    const ledger = ledgerOf(seed, 4 * seed);
    const told = scoreExplanation.parse(
      JSON.parse(JSON.stringify({ nodeId: `U${'A'.repeat(55)}`, ...explain(ledger) })),
    );
    expect(addUp(told)).toBe(scoreOf(ledger).score);
    expect(told.score).toBe(scoreOf(ledger).score);
    for (const { terms, sums } of told.axes)
      for (const [name, sum] of Object.entries(sums))
        expect(terms.filter((term) => term.sum === name).reduce((total, { value }) => total + value, 0)).toBe(
          sum,
        );
  });

  it('of a newcomer is all zeros, but that it is thought to be there', () => {
    const { score: zero, axes, asOf, level } = explain(emptyLedger);
    expect(axes.map(({ axis, value }) => [axis, value])).toEqual([
      ['correct', 0],
      ['available', 1],
      ['fast', 0],
    ]);
    expect({ zero, asOf, level }).toEqual({
      zero: 0,
      asOf: null,
      level: { level: 0, streak: 0, needed: 1, changes: 0 },
    });
  });
});

describe('the success rate', () => {
  it('is unknown before the first answer, and plain after it', () => {
    expect(successRateOf([stat('ping', 3, 3)])).toBeNull();
    expect(successRateOf([stat('commit', 3, 4), stat('correctness', 2, 4)])).toBe(5 / 8);
  });
});
