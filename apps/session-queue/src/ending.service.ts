import { jobs, type Reason } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import type { LiveAttempt } from './commit.store.js';
import { DispatchService } from './dispatch.service.js';
import { type EndedTask, type Gone, SweepStore } from './sweep.store.js';

/** Ends what is overdue or lost, and tells miners and routers. */
@Injectable()
export class EndingService {
  constructor(
    private readonly store: SweepStore,
    private readonly bus: Bus,
    private readonly dispatch: DispatchService,
  ) {}

  async endOverdue(): Promise<void> {
    for (const ended of await this.store.endOverdue()) this.tell(ended);
  }

  async nodeGone(gone: Gone, eventId: string, reason: Reason): Promise<void> {
    for (const ended of await this.store.nodeGone(gone, eventId, reason)) this.tell(ended);
  }

  /** The miner is gone or stalled. */
  async lose(found: LiveAttempt, reason: Reason): Promise<void> {
    const ended = await this.store.lose(found, reason);
    if (ended) this.tell(ended);
  }

  /** Nobody is to blame, but the attempt cannot go on. */
  async withdraw(found: LiveAttempt, reason: Reason): Promise<void> {
    const ended = await this.store.withdraw(found, reason);
    if (ended) this.tell(ended);
  }

  private tell({ taskId, state, reason, lane, attempts }: EndedTask): void {
    for (const { nodeId, attempt } of attempts) {
      this.bus.publishControl(taskId, { type: 'fenced', attempt, nodeId, reason });
      this.bus.order(jobs.cancel, nodeId, { taskId, attempt, reason }).catch(() => {});
    }
    if (state !== 'QUEUED') this.bus.publishControl(taskId, { type: 'failed', taskId, state, reason });
    this.dispatch.pump(lane);
  }
}
