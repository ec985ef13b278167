import { type ControlRecord, jobs, type Reason } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import type { EndedTask, Try } from './task-end.store.js';

/** Tells what was decided: routers by control records, miners by orders. */
@Injectable()
export class NewsService {
  constructor(private readonly bus: Bus) {}

  /** Attempts ended, perhaps with their task. */
  ended({ taskId, fate: { state, reason, withdrawn } }: Pick<EndedTask, 'taskId' | 'fate'>): void {
    for (const { nodeId, attempt } of withdrawn) {
      this.say(taskId, { type: 'fenced', attempt, nodeId, reason });
      this.stop(taskId, { nodeId, attempt }, reason);
    }
    if (state === 'FAILED' || state === 'EXPIRED' || state === 'CANCELLED')
      this.say(taskId, { type: 'failed', taskId, state, reason });
  }

  /** The miner is to stop computing. */
  stop(taskId: string, { nodeId, attempt }: Try, reason: Reason): void {
    this.bus.order(jobs.cancel, nodeId, { taskId, attempt, reason }).catch(() => {});
  }

  say(taskId: string, record: ControlRecord): void {
    this.bus.publishControl(taskId, record);
  }
}
