import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { LiveAttempt } from './commit.store.js';
import { EndingService } from './ending.service.js';
import { RevealService } from './reveal.service.js';
import { SweepStore } from './sweep.store.js';

const SWEEP_MS = 250;

/** Acts on every deadline of the queue; the rows hold the deadlines, so a restart loses none. */
@Injectable()
export class SweepService implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly store: SweepStore,
    private readonly endings: EndingService,
    private readonly reveals: RevealService,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = [
      this.clock.every(SWEEP_MS, () => this.endings.endOverdue(), 'ending overdue tasks'),
      this.clock.every(SWEEP_MS, () => this.sweepAttempts(), 'sweeping attempts'),
      this.clock.every(SWEEP_MS, () => this.reveals.askAgain(), 'asking for reveals'),
    ];
  }

  onModuleDestroy(): void {
    for (const turns of this.#turns) turns.stop();
  }

  private async sweepAttempts(): Promise<void> {
    for (const found of await this.store.overdueAttempts()) await this.sweepAttempt(found);
  }

  private async sweepAttempt(found: LiveAttempt): Promise<void> {
    const { state, task } = found;
    if (state === 'OFFERED')
      return this.endings.withdraw(found, {
        code: 'offer_unsettled',
        message: 'the offer was never settled',
      });
    if (state !== 'PRECOMMITTED')
      return this.endings.lose(found, {
        code: 'stalled',
        message: 'the miner has shown nothing for too long',
      });
    if (task.state === 'PRECOMMITTED')
      return this.endings.withdraw(found, {
        code: 'reveal_unwanted',
        message: 'nobody asked for the held data',
      });
    await this.reveals.late(found);
  }
}
