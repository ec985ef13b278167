import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOOK_EVERY_MS } from './lease.js';
import { LeaseService } from './lease.service.js';
import { OracleService } from './oracle.service.js';
import { TimingService } from './timing.service.js';

const TICK_EVERY_MS = 500;
const TIMING_SWEEP_EVERY_MS = 1_000;

/** What this process does again and again. */
@Injectable()
export class OracleSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #repeating: Repeating[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly lease: LeaseService,
    private readonly oracle: OracleService,
    private readonly timing: TimingService,
  ) {}

  onApplicationBootstrap(): void {
    this.#repeating.push(
      this.clock.every(LOOK_EVERY_MS, () => this.lease.turn(), 'lease'),
      this.clock.every(TICK_EVERY_MS, () => this.oracle.turn(), 'tick'),
      this.clock.every(TIMING_SWEEP_EVERY_MS, () => this.timing.giveUp(), 'timing'),
    );
  }

  /** Stops, and lets another oracle lead at once. */
  async onApplicationShutdown(): Promise<void> {
    for (const { stop } of this.#repeating) stop();
    this.timing.stop();
    await this.lease.resign();
  }
}
