import { type Phase, type PhaseSeries, seriesBounds } from '@ganglion/contracts';
import type { DayCount } from './day-count.js';
import type { Trial } from './stat.js';

/** A trial and when it was, in epoch ms. */
export interface MomentOfTrial extends Trial {
  readonly at: number;
}

/** A phase's trials over time: the newest of `moments`, and its days (ascending). */
export const seriesOf = (
  phase: Phase,
  moments: readonly MomentOfTrial[],
  days: readonly DayCount[],
): PhaseSeries => {
  const newest = moments
    .filter((moment) => moment.phase === phase)
    .sort((a, b) => a.at - b.at)
    .slice(-seriesBounds.timestamps);
  return {
    phase,
    all: newest.map(({ at }) => at),
    succeeded: newest.filter(({ succeeded }) => succeeded).map(({ at }) => at),
    days: days.map(({ day, total, succeeded }) => ({ day, total, succeeded })),
  };
};
