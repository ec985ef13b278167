import { Sweeping } from '@ganglion/runtime';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { EpochStore } from './epoch.store.js';
import { ProgressService } from './progress.service.js';
import { RoundStore } from './round.store.js';

/** What is to be done at each turn of the clock, beside its answer: a slow queue does not hold the clock. */
@Injectable()
export class SweepService implements BeforeApplicationShutdown {
  readonly #log = new Logger(SweepService.name);
  readonly #all: readonly Sweeping[];

  constructor(
    private readonly rounds: RoundStore,
    private readonly progress: ProgressService,
    private readonly epochs: EpochStore,
    private readonly audits: AuditService,
  ) {
    const failed = (error: unknown): void =>
      this.#log.error(`the sweep failed: ${error instanceof Error ? error.stack : String(error)}`);
    // Each by itself: rounds have deadlines of seconds, and must not wait for a verifier that does not answer.
    this.#all = [
      new Sweeping(() => this.sweepRounds(), failed),
      new Sweeping(() => this.epochs.keep(), failed),
      new Sweeping(() => this.audits.sweep(), failed),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#all.map((sweeping) => sweeping.stop()));
  }

  /** Resolves when no sweep is under way. */
  async swept(): Promise<void> {
    await Promise.all(this.#all.map((sweeping) => sweeping.done()));
  }

  soon(): void {
    for (const sweeping of this.#all) sweeping.soon();
  }

  private async sweepRounds(): Promise<void> {
    const live = await this.rounds.live();
    await Promise.all(live.map((roundId) => this.progress.drive(roundId)));
  }
}
