import type { Phase } from '@ganglion/contracts';

/** Counts of one phase. `weight` and `weightSucceeded` are `total` and `succeeded`, decayed to `asOf` (epoch ms). */
export interface Stat {
  phase: Phase;
  total: number;
  succeeded: number;
  points: number;
  weight: number;
  weightSucceeded: number;
  asOf: number;
}

/** A week after a trial it counts half: what a node did lately says more than what it once did. */
export const HALF_LIFE_MS = 7 * 86_400_000;
/** The 97.5 % quantile of the normal distribution: the bound holds with 95 % confidence. */
const Z = 1.959_963_984_540_054;
/** What a success earns. */
export const pointsOf: Readonly<Record<Phase, number>> = {
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
/** Was what it said true? */
const correctPhases: readonly Phase[] = ['commit', 'correctness'];
/** Was it there and did it do its part? A ping says less than work. */
const availableWeights: readonly (readonly [Phase, number])[] = [
  ['start', 1],
  ['precommit', 1],
  ['end', 1],
  ['ping', 0.1],
];

/** By how much a trial's weight has shrunk after `ms`: 2^(-ms / half-life). */
export const decay = (ms: number): number => 2 ** (-ms / HALF_LIFE_MS);

/**
 * The lower bound of the Wilson score interval: how often a thing succeeds at least, given `successes` in `trials`.
 * (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22, 1927.) 0 without trials; decayed counts may be fractions.
 */
export const wilsonLowerBound = (successes: number, trials: number): number => {
  if (trials <= 0) return 0;
  const rate = Math.min(1, successes / trials);
  const z2 = Z * Z;
  const spread = Z * Math.sqrt((rate * (1 - rate)) / trials + z2 / (4 * trials * trials));
  return Math.max(0, (rate + z2 / (2 * trials) - spread) / (1 + z2 / trials));
};

/** The parts of a score, each 0 to 1. */
export interface Score {
  score: number;
  correct: number;
  available: number;
}

/**
 * A node's score from its counts: `correct × available`, where `correct` is the Wilson lower bound over all decayed
 * trials of commits and answers, and `available` the decayed share of successes in taking part, with one success given
 * in advance. So a newcomer begins at 0 and rises with every right answer, and a node that stays away sinks.
 *
 * All counts are decayed to the time of the latest trial: the score changes by what happens, not by the time at which
 * it is looked at, and the same trials in the same order always give the same score.
 */
export const scoreOf = (stats: readonly Stat[]): Score => {
  const latest = Math.max(0, ...stats.map(({ asOf }) => asOf));
  const sum = (phase: Phase): { n: number; s: number } => {
    const stat = stats.find((one) => one.phase === phase);
    if (!stat) return { n: 0, s: 0 };
    const by = decay(latest - stat.asOf);
    return { n: stat.weight * by, s: stat.weightSucceeded * by };
  };
  const trials = correctPhases.map(sum);
  const correct = wilsonLowerBound(
    trials.reduce((total, { s }) => total + s, 0),
    trials.reduce((total, { n }) => total + n, 0),
  );
  const parts = availableWeights.map(([phase, weight]) => ({ weight, ...sum(phase) }));
  const available =
    (parts.reduce((total, { weight, s }) => total + weight * s, 0) + 1) /
    (parts.reduce((total, { weight, n }) => total + weight * n, 0) + 1);
  return { score: correct * available, correct, available };
};

/** The plain share of successes in commits and answers; null before the first. */
export const successRateOf = (stats: readonly Stat[]): number | null => {
  const counted = stats.filter(({ phase }) => correctPhases.includes(phase));
  const total = counted.reduce((sum, stat) => sum + stat.total, 0);
  return total === 0 ? null : counted.reduce((sum, stat) => sum + stat.succeeded, 0) / total;
};
