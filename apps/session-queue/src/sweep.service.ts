import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EndingService } from './ending.service.js';
import { OverdueService } from './overdue.service.js';
import { RevealService } from './reveal.service.js';

const SWEEP_MS = 250;

/** Acts on every deadline of the queue; the rows hold the deadlines, so a restart loses none. */
@Injectable()
export class SweepService implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly endings: EndingService,
    private readonly overdue: OverdueService,
    private readonly reveals: RevealService,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = this.clock.every(SWEEP_MS, () => this.sweep(), 'sweeping');
  }

  onModuleDestroy(): void {
    this.#turns?.stop();
  }

  private async sweep(): Promise<void> {
    const due = await this.endings.due();
    // One that fails holds up no other.
    const done = await Promise.allSettled([
      due.tasks && this.endings.endOverdue(),
      due.reveals && this.reveals.askAgain(),
      due.attempts && this.overdue.sweep(),
    ]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }
}
