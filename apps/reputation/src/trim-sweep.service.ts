import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TrimService } from './trim.service.js';

const SWEEP_EVERY_MS = 60_000;

/** The clock of trimming. */
@Injectable()
export class TrimSweep implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating | undefined;

  constructor(
    private readonly trimming: TrimService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = this.clock.every(SWEEP_EVERY_MS, () => this.trimming.turn(), 'trimming events');
  }

  onModuleDestroy(): void {
    this.#turns?.stop();
  }
}
