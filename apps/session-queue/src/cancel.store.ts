import type { Reason } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { endTask, type Fate, liveAttempts, withdrawAll } from './task-end.store.js';
import { taskLifecycle } from './task.lifecycle.js';
import { lockTask } from './task-lock.store.js';

/** The attempt whose part of the answer a called-off task ends with. */
export interface KeptAttempt {
  readonly id: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly state: string;
}

export interface Called {
  readonly fate: Fate;
  /** Null: the task has ended with the call. */
  readonly kept: KeptAttempt | null;
}

/** Tasks that are called off. */
@Injectable()
export class CancelStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /**
   * A task that waits ends at once. One that runs is CANCELLING until the miner of its answer commits, or for
   * `graceMs`; its replicas are withdrawn, as parts of answers cannot be compared. Null: it has ended, or is past
   * stopping; with a `graceMs` of null also: it runs.
   */
  async cancel(taskId: string, reason: Reason, graceMs: number | null): Promise<Called | null> {
    const at = this.clock.now();
    const called = await this.database.transaction(async (tx): Promise<Called | null> => {
      const task = await lockTask(tx, taskId);
      if (task.state === 'QUEUED') {
        const fate = await endTask(tx, task, { why: reason, at, to: 'CANCELLED' });
        return fate && { fate, kept: null };
      }
      if (graceMs === null || !taskLifecycle.can(task.state, 'CANCELLING')) return null;
      await move(tx, taskLifecycle, {
        delegate: tx.task,
        id: taskId,
        from: task.state,
        to: 'CANCELLING',
        at,
        reason,
        data: { reason, cancelBy: new Date(at.getTime() + graceMs) },
      });
      const live = await liveAttempts(tx, taskId);
      const kept = live.find(({ silent }) => !silent) ?? live[0];
      const withdrawn = kept ? await withdrawAll(tx, taskId, { reason, at, except: kept.id }) : [];
      return { fate: { state: 'RUNNING', reason, withdrawn }, kept: kept ?? null };
    });
    this.outbox.wake();
    return called;
  }
}
