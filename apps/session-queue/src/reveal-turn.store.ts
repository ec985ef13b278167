import { HELD_REVEAL_MS } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import type { Tx } from './database.store.js';
import { liveAttempts } from './task-end.store.js';
import { taskLifecycle } from './task.lifecycle.js';
import type { LockedTask } from './task-lock.store.js';

/** Time a miner has for its reveal. */
export const REVEAL_MS = 10_000;
/** Time replicas have to precommit after the primary did. */
const REPLICA_MS = 15_000;

/** After a precommit, under the task's lock: is everybody bound, so that the data may be shown? */
export const onPrecommit = async (
  tx: Tx,
  task: LockedTask,
  at: Date,
): Promise<'reveal' | 'wait' | 'hold' | null> => {
  // A task being called off stays so; its miner still commits what it made.
  if (task.state === 'CANCELLING') return 'reveal';
  if (task.state !== 'DISPATCHED' && task.state !== 'STREAMING') return null;
  if (task.redundancy === 1) return openReveal(tx, task, at);
  const live = await liveAttempts(tx, task.id);
  const bound = live.filter(({ state }) => state === 'PRECOMMITTED');
  if (bound.length >= task.redundancy) return openReveal(tx, task, at);
  const primary = live.find(({ silent }) => !silent);
  if (task.revealBy === null && (!primary || bound.includes(primary)))
    await tx.task.update({
      where: { id: task.id },
      data: { revealBy: new Date(at.getTime() + REPLICA_MS) },
    });
  return 'wait';
};

/** Nobody can copy any more: the task moves on to REVEALING, or (held) to PRECOMMITTED. */
export const openReveal = async (tx: Tx, task: LockedTask, at: Date): Promise<'reveal' | 'hold' | null> => {
  const { id, holdReveal, state } = task;
  const row = await move(tx, taskLifecycle, {
    delegate: tx.task,
    id,
    from: state,
    to: holdReveal ? 'PRECOMMITTED' : 'REVEALING',
    through: holdReveal ? ['STREAMING'] : ['STREAMING', 'PRECOMMITTED'],
    at,
  });
  if (!row) return null;
  await tx.attempt.updateMany({
    where: { taskId: id, state: 'PRECOMMITTED' },
    data: holdReveal
      ? { dueAt: new Date(at.getTime() + HELD_REVEAL_MS) }
      : // The caller asks for the data at once; if it dies before, the sweep asks again.
        { dueAt: new Date(at.getTime() + REVEAL_MS), revealAskedAt: at, revealAsks: { increment: 1 } },
  });
  return holdReveal ? 'hold' : 'reveal';
};
