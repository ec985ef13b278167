import { type Reason, sessionQueue } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import type { Tx } from './database.store.js';
import { taskLifecycle } from './task.lifecycle.js';

/** After an attempt without an answer: back to the queue if nothing was shown, else the task's end. */
export const endOrRequeue = async (
  tx: Tx,
  { taskId, sessionId, owner }: { taskId: string; sessionId: string | null; owner: string | null },
  { isShown, why, at }: { isShown: boolean; why: Reason; at: Date },
): Promise<'QUEUED' | 'FAILED' | 'CANCELLED' | null> => {
  const delegate = tx.task;
  const running = ['DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING'] as const;
  const ended = { taskId, sessionId, owner, at: at.toISOString(), promptTokens: 0, completionTokens: 0 };
  if (!isShown) {
    const again = await move(tx, taskLifecycle, {
      delegate,
      id: taskId,
      from: [...running],
      to: 'QUEUED',
      at,
      reason: why,
      data: { nextOfferAt: at },
    });
    if (again) return 'QUEUED';
  } else {
    const failed = await move(tx, taskLifecycle, {
      delegate,
      id: taskId,
      from: [...running],
      to: 'FAILED',
      at,
      reason: why,
      data: { endedAt: at, reason: why },
      says: {
        event: sessionQueue.taskFailed,
        payload: () => ({ ...ended, state: 'FAILED' as const, reason: why }),
      },
    });
    if (failed) return 'FAILED';
  }
  const cancelled = await move(tx, taskLifecycle, {
    delegate,
    id: taskId,
    from: 'CANCELLING',
    to: 'CANCELLED',
    at,
    reason: why,
    data: { endedAt: at, reason: why },
    says: { event: sessionQueue.taskCancelled, payload: () => ({ ...ended, reason: why }) },
  });
  return cancelled ? 'CANCELLED' : null;
};
