import type { Phase } from '@ganglion/contracts';
import { remaining } from './half-life.js';

/** A week after a success it counts half: what a node did lately says more than what it once did. */
export const HALF_LIFE_MS = 7 * 86_400_000;
/** A failure is remembered four times as long: who waits until it is forgotten has lost what it had earned long before. */
export const FAILURE_HALF_LIFE_MS = 4 * HALF_LIFE_MS;

/** What a success earns. */
const pointsOf: Readonly<Record<Phase, number>> = {
  request: 1,
  create: 2,
  prepare: 2,
  start: 1,
  precommit: 2,
  commit: 3,
  end: 1,
  correctness: 5,
  ping: 0.1,
};

/** Counts of one phase. `total`, `succeeded` and the failures, each also decayed to `asOf` (epoch ms). */
export interface Stat {
  readonly phase: Phase;
  readonly total: number;
  readonly succeeded: number;
  readonly points: number;
  /** All trials, decayed by the half-life of a success. */
  readonly weight: number;
  /** The successes among them. */
  readonly weightSucceeded: number;
  /** The failures, decayed by their own, longer half-life. */
  readonly weightFailed: number;
  readonly asOf: number;
}

export interface Trial {
  readonly phase: Phase;
  readonly succeeded: boolean;
}

/**
 * The counts after one more trial at `at` (epoch ms). One that comes late is decayed by its age, so that only the
 * rounding of the sums depends on the order of arrival (forward decay; G. Cormode and others, "Forward Decay", ICDE 2009).
 */
export const countTrial = (before: Stat | undefined, { phase, succeeded }: Trial, at: number): Stat => {
  const asOf = Math.max(before?.asOf ?? at, at);
  const since = asOf - (before?.asOf ?? at);
  const age = asOf - at;
  const kept = remaining(since, HALF_LIFE_MS);
  const added = remaining(age, HALF_LIFE_MS);
  return {
    phase,
    total: (before?.total ?? 0) + 1,
    succeeded: (before?.succeeded ?? 0) + (succeeded ? 1 : 0),
    points: (before?.points ?? 0) + (succeeded ? pointsOf[phase] : 0),
    weight: (before?.weight ?? 0) * kept + added,
    weightSucceeded: (before?.weightSucceeded ?? 0) * kept + (succeeded ? added : 0),
    weightFailed:
      (before?.weightFailed ?? 0) * remaining(since, FAILURE_HALF_LIFE_MS) +
      (succeeded ? 0 : remaining(age, FAILURE_HALF_LIFE_MS)),
    asOf,
  };
};

/** The decayed counts of a phase as of a later time; none for a phase that was never tried. */
export const decayedTo = (
  stat: Stat | undefined,
  at: number,
): Pick<Stat, 'weight' | 'weightSucceeded' | 'weightFailed'> => {
  if (!stat) return { weight: 0, weightSucceeded: 0, weightFailed: 0 };
  const kept = remaining(at - stat.asOf, HALF_LIFE_MS);
  return {
    weight: stat.weight * kept,
    weightSucceeded: stat.weightSucceeded * kept,
    weightFailed: stat.weightFailed * remaining(at - stat.asOf, FAILURE_HALF_LIFE_MS),
  };
};
