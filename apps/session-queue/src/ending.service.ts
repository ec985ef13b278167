import type { Reason } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { AftermathService } from './aftermath.service.js';
import type { LiveAttempt } from './commit.store.js';
import { FrameWatch } from './frame-watch.service.js';
import { RevealService } from './reveal.service.js';
import { type Due, type Gone, SweepStore } from './sweep.store.js';
import type { EndedTask } from './task-end.store.js';

/** Ends what is overdue or lost. */
@Injectable()
export class EndingService {
  constructor(
    private readonly store: SweepStore,
    private readonly frames: FrameWatch,
    private readonly aftermath: AftermathService,
    private readonly reveals: RevealService,
  ) {}

  /** Where there may be something overdue. */
  due(): Promise<Due> {
    return this.store.due();
  }

  async endOverdue(): Promise<void> {
    for (const ended of await this.store.endOverdue()) await this.follow(ended);
    for (const closed of await this.store.closePrecommits()) {
      await this.follow(closed);
      await this.reveals.askAll(closed.taskId);
    }
  }

  async nodeGone(gone: Gone, eventId: string, reason: Reason): Promise<void> {
    for (const found of await this.store.leftBy(gone)) await this.lose(found, reason);
    await this.store.nodeGone(gone, eventId, reason);
  }

  /** The miner is gone or stalled. */
  async lose(found: LiveAttempt, reason: Reason): Promise<void> {
    const isShown = await this.frames.wasShown(found);
    await this.follow(await this.store.lose(found, reason, { isShown }));
  }

  /** Nobody is to blame, but the attempt cannot go on. */
  async withdraw(found: LiveAttempt, reason: Reason): Promise<void> {
    const isShown = await this.frames.wasShown(found);
    await this.follow(await this.store.withdraw(found, reason, { isShown }));
  }

  private async follow(ended: EndedTask | null): Promise<void> {
    if (ended) await this.aftermath.follow(ended);
  }
}
