import { Injectable } from '@nestjs/common';
import { DispatchService } from './dispatch.service.js';
import { NewsService } from './news.service.js';
import type { EndedTask } from './task-end.store.js';
import { VerdictService } from './verdict.service.js';

/** What follows when attempts ended without an answer. */
@Injectable()
export class AftermathService {
  constructor(
    private readonly news: NewsService,
    private readonly verdicts: VerdictService,
    private readonly dispatch: DispatchService,
  ) {}

  /** Tells of it, compares the replicas that are left if they are all there, and lets the lane go on. */
  async follow(ended: EndedTask): Promise<void> {
    this.news.ended(ended);
    if (ended.fate.state === 'COMPARE') await this.verdicts.compare(ended.taskId);
    this.dispatch.pump(ended.lane);
  }
}
