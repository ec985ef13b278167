import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EndingService } from './ending.service.js';
import { OverdueService } from './overdue.service.js';
import { RevealService } from './reveal.service.js';

const SWEEP_MS = 250;

/** Acts on every deadline of the queue; the rows hold the deadlines, so a restart loses none. */
@Injectable()
export class SweepService implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly endings: EndingService,
    private readonly overdue: OverdueService,
    private readonly reveals: RevealService,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = [
      this.clock.every(SWEEP_MS, () => this.endings.endOverdue(), 'ending overdue tasks'),
      this.clock.every(SWEEP_MS, () => this.overdue.sweep(), 'sweeping attempts'),
      this.clock.every(SWEEP_MS, () => this.reveals.askAgain(), 'asking for reveals'),
    ];
  }

  onModuleDestroy(): void {
    for (const turns of this.#turns) turns.stop();
  }
}
