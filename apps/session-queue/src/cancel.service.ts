import type { InputOf, Reason, sessionQueue, TaskState } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { CancelStore, type KeptAttempt } from './cancel.store.js';
import { NewsService } from './news.service.js';
import { RevealService } from './reveal.service.js';
import { TaskStore } from './task.store.js';

/** How long a cancelled task waits for its miner's commit. */
const CANCEL_GRACE_MS = 1_000;

/** Tasks are called off. */
@Injectable()
export class CancelService {
  constructor(
    private readonly store: CancelStore,
    private readonly tasks: TaskStore,
    private readonly reveals: RevealService,
    private readonly news: NewsService,
  ) {}

  async cancel(
    { taskId, reason }: InputOf<typeof sessionQueue.cancel>,
    graceMs: number | null = CANCEL_GRACE_MS,
  ): Promise<{ taskId: string; state: TaskState }> {
    const called = await this.store.cancel(taskId, reason, graceMs);
    if (!called) return { taskId, state: (await this.tasks.get(taskId)).state };
    const { fate, kept } = called;
    this.news.ended({ taskId, fate });
    if (kept) this.callOff(taskId, kept, reason);
    return { taskId, state: kept ? 'CANCELLING' : 'CANCELLED' };
  }

  /** The miner of the answer is to stop; what it made until now it commits. */
  private callOff(taskId: string, { nodeId, attempt, state }: KeptAttempt, reason: Reason): void {
    if (state === 'PRECOMMITTED') this.reveals.ask({ taskId, nodeId, attempt });
    else this.news.stop(taskId, { nodeId, attempt }, reason);
  }

  async drop({
    sessionId,
    reason,
    isRunningToo,
  }: InputOf<typeof sessionQueue.drop>): Promise<{ dropped: number }> {
    const tasks = await this.tasks.openTasks(sessionId, isRunningToo);
    // One that begins to run meanwhile goes on, if running ones may.
    const graceMs = isRunningToo ? CANCEL_GRACE_MS : null;
    for (const { id: taskId } of tasks) await this.cancel({ taskId, reason }, graceMs);
    return { dropped: tasks.length };
  }
}
