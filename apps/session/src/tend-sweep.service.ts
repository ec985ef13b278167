import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TendLease } from './database.store.js';
import { TendService } from './tend.service.js';

const SWEEP_MS = 1_000;

/** The sessions' clock: one replica at a time tends them all. */
@Injectable()
export class TendSweep implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating | undefined;

  constructor(
    private readonly tending: TendService,
    private readonly lease: TendLease,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = this.clock.every(SWEEP_MS, () => this.turn(), 'tending sessions');
  }

  onModuleDestroy(): void {
    this.#turns?.stop();
  }

  private async turn(): Promise<void> {
    if (await this.lease.hold()) await this.tending.tendAll();
  }
}
