import type { Phase, ScoreExplanation } from '@ganglion/contracts';
import { HIGHEST_LEVEL, neededFrom, type Standing } from './level.js';
import { meanOf, type Speed } from './speed.js';
import { decayedTo, type Stat } from './stat.js';
import { wilsonLowerBound } from './wilson.js';

type Axis = ScoreExplanation['axes'][number];
type Term = Axis['terms'][number];

/** What a score is made of. */
export interface Scored {
  readonly stats: readonly Stat[];
  readonly speed: Speed;
  readonly standing: Standing;
}

/** Phases that tell whether it was right. A task's commit binds, but only a test or an audit knows the answer. */
const rightWeights: readonly (readonly [Phase, number])[] = [
  ['correctness', 1],
  ['commit', 0.2],
];
/** One wrong answer weighs as much as three right ones, and fades four times slower (FAILURE_HALF_LIFE_MS). */
const WRONG_WEIGHT = 3;
/** Phases that are work. Pings are so many that they are a share of their own: otherwise nothing else would count. */
const workPhases: readonly Phase[] = ['request', 'create', 'prepare', 'start', 'precommit', 'end'];
const WORK_SHARE = 0.8;
/** Half of a point for a first token after a second: the limit of an unbroken flow of thought (R. B. Miller, 1968). */
const HALF_TTFT_MS = 1_000;
/** Half of one for a token in 190 ms: 238 words a minute are read in silence (M. Brysbaert, 2019), 4 tokens for 3 words. */
const HALF_TOKEN_MS = 190;
/** What speed may move of a score: being right and there comes first. */
const FAST_SHARE = 0.1;

const term = (sum: string, phase: Phase | null, [amount, weight]: readonly [number, number]): Term => ({
  sum,
  phase,
  amount,
  weight,
  value: amount * weight,
});

/** Adds up each sum's terms in their order, and computes the axis from the sums. */
const axis = (
  name: Axis['axis'],
  formula: string,
  terms: readonly Term[],
  value: (sums: (name: string) => number) => number,
): Axis => {
  const sums: Record<string, number> = {};
  for (const one of terms) sums[one.sum] = (sums[one.sum] ?? 0) + one.value;
  return { axis: name, formula, terms: [...terms], sums, value: value((sum) => sums[sum] ?? 0) };
};

type Counts = (phase: Phase) => ReturnType<typeof decayedTo>;

const correctAxis = (of: Counts): Axis =>
  axis(
    'correct',
    'wilson(right, right + wrong)',
    [
      ...rightWeights.map(([phase, weight]) => term('right', phase, [of(phase).weightSucceeded, weight])),
      ...rightWeights.map(([phase]) => term('wrong', phase, [of(phase).weightFailed, WRONG_WEIGHT])),
    ],
    (sum) => wilsonLowerBound(sum('right'), sum('right') + sum('wrong')),
  );

/** One success is given in advance, so that a newcomer is thought to be there. */
const share = (done: number, tried: number): number => (done + 1) / (tried + 1);

const availableAxis = (of: Counts): Axis =>
  axis(
    'available',
    `${WORK_SHARE} × (done + 1) / (due + 1) + (1 − ${WORK_SHARE}) × (answered + 1) / (pinged + 1)`,
    [
      ...workPhases.map((phase) => term('done', phase, [of(phase).weightSucceeded, 1])),
      ...workPhases.map((phase) => term('due', phase, [of(phase).weight, 1])),
      term('answered', 'ping', [of('ping').weightSucceeded, 1]),
      term('pinged', 'ping', [of('ping').weight, 1]),
    ],
    (sum) =>
      WORK_SHARE * share(sum('done'), sum('due')) + (1 - WORK_SHARE) * share(sum('answered'), sum('pinged')),
  );

const fastAxis = ({ ttft, perToken }: Speed): Axis => {
  const terms = [
    term('first', null, [quickness(meanOf(ttft), HALF_TTFT_MS), 0.5]),
    term('steady', null, [quickness(meanOf(perToken), HALF_TOKEN_MS), 0.5]),
  ];
  const formula =
    `first + steady, where the amounts are ${HALF_TTFT_MS} / (${HALF_TTFT_MS} + mean ms to the first token) and ` +
    `${HALF_TOKEN_MS} / (${HALF_TOKEN_MS} + mean ms per token), 0 if never timed`;
  return axis('fast', formula, terms, (sum) => sum('first') + sum('steady'));
};

const quickness = (meanMs: number | null, halfMs: number): number =>
  meanMs === null ? 0 : halfMs / (halfMs + meanMs);

/**
 * Every term of a node's score, and the score that they make:
 * `correct × available × (0.9 + 0.1 × fast)`, each axis 0 to 1. docs/reputation.md gives the reasons.
 *
 * All counts are decayed to the time of the latest trial: the score changes by what happens, not by the time at which
 * it is looked at, and the same events in the same order always give the same score, to the last bit.
 */
export const explain = ({ stats, speed, standing }: Scored): Omit<ScoreExplanation, 'nodeId'> => {
  const latest = Math.max(...stats.map(({ asOf }) => asOf));
  const of: Counts = (phase) =>
    decayedTo(
      stats.find((stat) => stat.phase === phase),
      latest,
    );
  const [correct, available, fast] = [correctAxis(of), availableAxis(of), fastAxis(speed)];
  const { level, streak, changes } = standing;
  return {
    score: correct.value * available.value * (1 - FAST_SHARE + FAST_SHARE * fast.value),
    formula: `correct × available × (${1 - FAST_SHARE} + ${FAST_SHARE} × fast)`,
    asOf: stats.length === 0 ? null : new Date(latest).toISOString(),
    axes: [correct, available, fast],
    level: { level, streak, needed: level === HIGHEST_LEVEL ? null : neededFrom(level), changes },
  };
};

/** A score and its axes, each 0 to 1. */
export interface Score {
  readonly score: number;
  readonly correct: number;
  readonly available: number;
  readonly fast: number;
}

/** A node's score: what `explain` explains. */
export const scoreOf = (scored: Scored): Score => {
  const { score, axes } = explain(scored);
  const [correct, available, fast] = axes.map(({ value }) => value) as [number, number, number];
  return { score, correct, available, fast };
};

/** The plain share of successes in commits and answers; null before the first. */
export const successRateOf = (stats: readonly Stat[]): number | null => {
  const counted = stats.filter(({ phase }) => rightWeights.some(([right]) => right === phase));
  const total = counted.reduce((sum, stat) => sum + stat.total, 0);
  return total === 0 ? null : counted.reduce((sum, stat) => sum + stat.succeeded, 0) / total;
};
