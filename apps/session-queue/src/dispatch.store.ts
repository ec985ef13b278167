import { type Reason, sessionQueue } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle } from './attempt.lifecycle.js';
import { endAttempt } from './attempt-end.store.js';
import type { Claim } from './claim.store.js';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { afterFall, endTask, type Fate } from './task-end.store.js';
import { taskLifecycle } from './task.lifecycle.js';
import { lockTask } from './task-lock.store.js';

/** What came of an offer. */
@Injectable()
export class DispatchStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /** The miner took it. Changes nothing when the attempt has ended, or gone on, meanwhile. */
  async acked({ attemptId, submitted, allowMs }: Claim): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      await lockTask(tx, submitted.taskId);
      await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id: attemptId,
        from: 'OFFERED',
        to: 'ACKED',
        at,
        data: { dueAt: new Date(at.getTime() + allowMs) },
      });
    });
  }

  /** The miner did not take it: another is asked, or the task fails when the fault is its own. */
  async refused(
    claim: Claim,
    reason: Reason,
    fate: { retryAfterMs: number } | { fail: Reason },
  ): Promise<Fate | null> {
    const { attemptId, submitted, nodeId, attempt } = claim;
    const { taskId, sessionId } = submitted;
    const at = this.clock.now();
    const outcome = await this.database.transaction(async (tx) => {
      const task = await lockTask(tx, taskId);
      const isEnded = await endAttempt(tx, {
        attempt: { id: attemptId, nodeId },
        to: 'REFUSED',
        reason,
        at,
        says: {
          event: sessionQueue.attemptRefused,
          payload: { taskId, attempt, nodeId, sessionId, at: at.toISOString(), reason },
        },
      });
      if (!isEnded) return null;
      if ('fail' in fate) return endTask(tx, task, { why: fate.fail, at });
      const nextOfferAt = new Date(at.getTime() + fate.retryAfterMs);
      return afterFall(tx, task, { isShown: false, why: reason, at, nextOfferAt });
    });
    this.outbox.wake();
    return outcome;
  }

  /** How often a task was refused already. */
  async refusals(taskId: string): Promise<number> {
    return this.database.client.attempt.count({ where: { taskId, state: 'REFUSED' } });
  }

  /** The first frame was heard. */
  async firstFrame({ attemptId, submitted, allowMs }: Claim): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      await lockTask(tx, submitted.taskId);
      const row = await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id: attemptId,
        from: ['OFFERED', 'ACKED'],
        to: 'STREAMING',
        likely: 'OFFERED',
        through: ['ACKED'],
        at,
        data: { firstFrameAt: at, dueAt: new Date(at.getTime() + allowMs) },
      });
      if (row)
        await move(tx, taskLifecycle, {
          delegate: tx.task,
          id: submitted.taskId,
          from: 'DISPATCHED',
          to: 'STREAMING',
          at,
        });
    });
  }
}
