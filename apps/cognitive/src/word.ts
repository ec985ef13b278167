import { Fault, type RoundState, type TaskView } from '@ganglion/contracts';
import { isNodesFault } from './blame.js';

/**
 * What the queue knows of a participant's task whose deadline has passed: `late`, its node has had it for as long as it
 * may take; `bound`, the node has precommitted; `answered`, its data are there, too; `unasked`, it was offered too late
 * to be done by now, or never; `unknown`, the queue cannot be asked, or ended the task for a reason not the node's.
 */
export type Word = 'late' | 'bound' | 'answered' | 'unasked' | 'unknown';

/** A round waits so long, beyond a deadline, for what the network itself held up. */
export const HELD_UP_MS = 10_000;

interface Deadline {
  /** That ends with it. */
  readonly state: RoundState;
  readonly now: Date;
  readonly deadlineAt: Date;
  /** For which a node may have the task, from its offer. */
  readonly allowMs: number;
}

/**
 * The queue's word on a task; null while there is time to wait for a better one.
 * @param outcome the queue's view of the task, or the error instead of it
 */
export const wordOf = (
  outcome: unknown,
  { state: phase, now, deadlineAt, allowMs }: Deadline,
): Word | null => {
  if (outcome instanceof Error && !(outcome instanceof Fault)) throw outcome;
  const isOver = now.getTime() >= deadlineAt.getTime() + HELD_UP_MS;
  if (outcome instanceof Fault) return isOver ? 'unknown' : null;
  const { attempts, reason } = outcome as TaskView;
  const states = attempts.map(({ state }) => state);
  if (states.includes('COMMITTED') || states.includes('ACCEPTED'))
    return phase === 'COMMITTING' && !isOver ? null : 'answered';
  if (states.includes('PRECOMMITTED')) return 'bound';
  if (reason) return isNodesFault(reason.code) ? 'late' : 'unknown';
  const offered = attempts.map(({ offeredAt }) => Date.parse(offeredAt));
  if (now.getTime() - Math.min(...offered) >= allowMs) return 'late';
  return isOver ? 'unasked' : null;
};
