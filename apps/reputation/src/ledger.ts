import type { Phase } from '@ganglion/contracts';
import { decay, pointsOf, type Stat } from './score.js';
import type { Heard } from './trial.js';

/** Everything that is counted of one node. */
export interface Ledger {
  stats: readonly Stat[];
  accepted: number;
  rejected: number;
  lost: number;
  completionTokens: number;
}

export const emptyLedger: Ledger = { stats: [], accepted: 0, rejected: 0, lost: 0, completionTokens: 0 };

/**
 * Counts one trial. A trial that comes late is decayed by its age, so that only the rounding of the sums depends on the
 * order of arrival (forward decay; G. Cormode and others, "Forward Decay", ICDE 2009).
 */
const count = (
  stat: Stat | undefined,
  phase: Phase,
  { succeeded, at }: { succeeded: boolean; at: number },
): Stat => {
  const before = stat ?? {
    phase,
    total: 0,
    succeeded: 0,
    points: 0,
    weight: 0,
    weightSucceeded: 0,
    asOf: at,
  };
  const asOf = Math.max(before.asOf, at);
  const kept = decay(asOf - before.asOf);
  const added = decay(asOf - at);
  return {
    phase,
    total: before.total + 1,
    succeeded: before.succeeded + (succeeded ? 1 : 0),
    points: before.points + (succeeded ? pointsOf[phase] : 0),
    weight: before.weight * kept + added,
    weightSucceeded: before.weightSucceeded * kept + (succeeded ? added : 0),
    asOf,
  };
};

/** The ledger after one more event. */
export const enter = (ledger: Ledger, { trials, task, at }: Heard): Ledger => {
  const stats = new Map(ledger.stats.map((stat) => [stat.phase, stat]));
  for (const { phase, succeeded } of trials)
    stats.set(phase, count(stats.get(phase), phase, { succeeded, at: at.getTime() }));
  return {
    stats: [...stats.values()],
    accepted: ledger.accepted + (task?.outcome === 'accepted' ? 1 : 0),
    rejected: ledger.rejected + (task?.outcome === 'rejected' ? 1 : 0),
    lost: ledger.lost + (task?.outcome === 'lost' ? 1 : 0),
    completionTokens: ledger.completionTokens + (task?.completionTokens ?? 0),
  };
};

/** The ledger that a node's events give, in the order in which they were counted. */
export const replay = (events: Iterable<Heard>): Ledger => {
  let ledger = emptyLedger;
  for (const heard of events) ledger = enter(ledger, heard);
  return ledger;
};
