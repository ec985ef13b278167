import type { Phase, Reason } from '@ganglion/contracts';
import type { Trial } from './stat.js';

export const HIGHEST_LEVEL = 10;

/**
 * Levels that a failure costs, by its phase. A wrong answer, or a commit that is refused, is what no honest node does;
 * to be late or away happens to anyone. A missed ping costs no level.
 */
const fallOf: Readonly<Record<Phase, number>> = {
  correctness: 6,
  commit: 4,
  precommit: 2,
  request: 1,
  create: 1,
  prepare: 1,
  start: 1,
  end: 1,
  ping: 0,
};
/** An event in which one of these succeeded, and nothing failed, is a success that counts towards the next level. */
const proofs: readonly Phase[] = ['commit', 'correctness'];

/** Where a node stands: its level, its successes in a row since the last change or failure, and how often it changed. */
export interface Standing {
  readonly level: number;
  readonly streak: number;
  readonly changes: number;
}

export const newcomer: Standing = { level: 0, streak: 0, changes: 0 };

export interface LevelMove {
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
}

/**
 * Successes in a row that lead from a level to the next: 2^level. So a node at level L has made at least 2^L − 1 of
 * them: work that is divided among many identities gives no more of 2^level − 1 in all than it would give one.
 */
export const neededFrom = (level: number): number => 2 ** level;

/** What an event does to a node's standing; `code` is why its trials failed, as whoever judged them said. */
export const judge = (
  standing: Standing,
  trials: readonly Trial[],
  code: string | null,
): { standing: Standing; move: LevelMove | null } => {
  const failed = trials.filter(({ succeeded }) => !succeeded);
  if (failed.length > 0) return fall(standing, failed, code);
  if (!trials.some(({ phase }) => proofs.includes(phase))) return { standing, move: null };
  return rise(standing);
};

const rise = ({ level, streak, changes }: Standing): { standing: Standing; move: LevelMove | null } => {
  const needed = neededFrom(level);
  if (level === HIGHEST_LEVEL || streak + 1 < needed)
    return { standing: { level, streak: streak + 1, changes }, move: null };
  const message = `${needed} ${needed === 1 ? 'success' : 'successes'} in a row`;
  return {
    standing: { level: level + 1, streak: 0, changes: changes + 1 },
    move: { from: level, to: level + 1, reason: { code: 'consecutive_successes', message } },
  };
};

const fall = (
  { level, streak, changes }: Standing,
  failed: readonly Trial[],
  code: string | null,
): { standing: Standing; move: LevelMove | null } => {
  const worst = failed.reduce((most, trial) => (fallOf[trial.phase] > fallOf[most.phase] ? trial : most));
  const levels = fallOf[worst.phase];
  if (levels === 0)
    return { standing: { level, streak: Math.max(0, streak - failed.length), changes }, move: null };
  const to = Math.max(0, level - levels);
  if (to === level) return { standing: { level, streak: 0, changes }, move: null };
  const message = `${worst.phase} failed${code === null ? '' : ` (${code})`}: ${level - to} of ${level} levels lost`;
  return {
    standing: { level: to, streak: 0, changes: changes + 1 },
    move: { from: level, to, reason: { code: `failed_${worst.phase}`, message } },
  };
};
