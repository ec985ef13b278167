import type { Reason } from '@ganglion/contracts';
import { judge, newcomer, type Standing } from './level.js';
import { type Speed, timed, unmeasured } from './speed.js';
import { countTrial, type Stat } from './stat.js';
import type { Heard } from './trial.js';

/** Everything that is counted of one node. */
export interface Ledger {
  readonly stats: readonly Stat[];
  readonly accepted: number;
  readonly rejected: number;
  readonly lost: number;
  readonly completionTokens: number;
  readonly speed: Speed;
  readonly standing: Standing;
}

export const emptyLedger: Ledger = {
  stats: [],
  accepted: 0,
  rejected: 0,
  lost: 0,
  completionTokens: 0,
  speed: unmeasured,
  standing: newcomer,
};

/** A heard event in the place where it was counted. */
export interface Entry {
  readonly sequence: bigint;
  readonly eventId: string;
  readonly heard: Heard;
}

/** A change of level, numbered from 1 for each node. */
export interface Change {
  readonly number: number;
  readonly sequence: bigint;
  readonly eventId: string;
  readonly at: Date;
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
}

/** The ledger after one more event, and the change of level that it brought. */
export const enter = (ledger: Ledger, entry: Entry): { ledger: Ledger; change: Change | null } => {
  const { trials, task, timing, code, at } = entry.heard;
  const stats = new Map(ledger.stats.map((stat) => [stat.phase, stat]));
  for (const trial of trials) stats.set(trial.phase, countTrial(stats.get(trial.phase), trial, at.getTime()));
  const { standing, move } = judge(ledger.standing, trials, code);
  return {
    ledger: {
      stats: [...stats.values()],
      accepted: ledger.accepted + (task?.outcome === 'accepted' ? 1 : 0),
      rejected: ledger.rejected + (task?.outcome === 'rejected' ? 1 : 0),
      lost: ledger.lost + (task?.outcome === 'lost' ? 1 : 0),
      completionTokens: ledger.completionTokens + (task?.completionTokens ?? 0),
      speed: timing ? timed(ledger.speed, timing, at.getTime()) : ledger.speed,
      standing,
    },
    change: move && {
      number: standing.changes,
      sequence: entry.sequence,
      eventId: entry.eventId,
      at,
      ...move,
    },
  };
};
