import { remaining } from './half-life.js';
import { HALF_LIFE_MS } from './stat.js';

/** What the oracle measured of one answer; null = not seen. */
export interface Timing {
  readonly ttftMs: number | null;
  readonly tokensPerSecond: number | null;
}

/** A mean of measurements that fade: `sum / weight`, both decayed to `asOf` (epoch ms). */
export interface Mean {
  readonly count: number;
  readonly weight: number;
  readonly sum: number;
  readonly asOf: number;
}

/** How fast a node answers, as the oracle saw it: time to first token, and time per token, in ms. */
export interface Speed {
  readonly ttft: Mean;
  readonly perToken: Mean;
}

const nothing: Mean = { count: 0, weight: 0, sum: 0, asOf: 0 };
export const unmeasured: Speed = { ttft: nothing, perToken: nothing };

/** A longer time says no more, and sums of any size could leave what a number can hold. */
const LONGEST_MS = 86_400_000;

const add = (mean: Mean, measuredMs: number | null, at: number): Mean => {
  if (measuredMs === null || !(measuredMs >= 0)) return mean;
  const ms = Math.min(measuredMs, LONGEST_MS);
  if (mean.count === 0) return { count: 1, weight: 1, sum: ms, asOf: at };
  const asOf = Math.max(mean.asOf, at);
  const kept = remaining(asOf - mean.asOf, HALF_LIFE_MS);
  const added = remaining(asOf - at, HALF_LIFE_MS);
  return {
    count: mean.count + 1,
    weight: mean.weight * kept + added,
    sum: mean.sum * kept + ms * added,
    asOf,
  };
};

/**
 * The figures after one more measured answer at `at` (epoch ms). Times are averaged, not rates: one answer that is slow
 * cannot be hidden behind one that is very fast.
 */
export const timed = (speed: Speed, { ttftMs, tokensPerSecond }: Timing, at: number): Speed => ({
  ttft: add(speed.ttft, ttftMs, at),
  perToken: add(
    speed.perToken,
    tokensPerSecond !== null && tokensPerSecond > 0 ? 1_000 / tokensPerSecond : null,
    at,
  ),
});

/** The mean in ms; null before the first measurement, or when all of it has faded. */
export const meanOf = ({ sum, weight }: Mean): number | null => (weight > 0 ? sum / weight : null);
