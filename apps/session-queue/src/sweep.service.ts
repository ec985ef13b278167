import { Clock, type Repeating, Sweeping } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { OverdueService } from './overdue.service.js';
import { RevealService } from './reveal.service.js';
import type { Due } from './sweep.store.js';
import { WaitingService } from './waiting.service.js';

const SWEEP_MS = 250;

/** Acts on every deadline of the queue; the rows hold the deadlines, so a restart loses none. */
@Injectable()
export class SweepService implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  readonly #log = new Logger(SweepService.name);
  readonly #kinds: Record<keyof Due, Sweeping>;
  #turns: Repeating | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly overdue: OverdueService,
    reveals: RevealService,
    waiting: WaitingService,
  ) {
    const failed = (error: unknown): void =>
      this.#log.error(`the sweep failed: ${error instanceof Error ? error.stack : String(error)}`);
    // One that fails, or waits for a miner, holds up no other.
    this.#kinds = {
      tasks: new Sweeping(() => overdue.endTasks(), failed),
      attempts: new Sweeping(() => overdue.settleAttempts(), failed),
      reveals: new Sweeping(() => reveals.askAgain(), failed),
      waiting: new Sweeping(() => waiting.sweep(), failed),
    };
  }

  onApplicationBootstrap(): void {
    this.#turns = this.clock.every(SWEEP_MS, () => this.sweep(), 'sweeping');
  }

  onModuleDestroy(): void {
    this.#turns?.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(Object.values(this.#kinds).map((sweeping) => sweeping.stop()));
  }

  private async sweep(): Promise<void> {
    const due = await this.overdue.due();
    for (const kind of Object.keys(this.#kinds) as (keyof Due)[]) if (due[kind]) this.#kinds[kind].soon();
  }
}
