import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { EpochStore } from './epoch.store.js';
import { ProgressService } from './progress.service.js';
import { RoundStore } from './round.store.js';

/** What is to be done at each turn of the clock, beside its answer: a slow queue does not hold the clock. */
@Injectable()
export class SweepService implements BeforeApplicationShutdown {
  readonly #log = new Logger(SweepService.name);
  #sweep: Promise<void> | null = null;
  #isWanted = false;
  #isStopping = false;

  constructor(
    private readonly rounds: RoundStore,
    private readonly progress: ProgressService,
    private readonly epochs: EpochStore,
    private readonly audits: AuditService,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.swept();
  }

  /** Resolves when no sweep is under way. */
  async swept(): Promise<void> {
    await this.#sweep;
  }

  /** Sweeps now, or once more when a sweep is under way that may have passed the newest. */
  soon(): void {
    this.#isWanted = true;
    this.#sweep ??= this.sweep().finally(() => (this.#sweep = null));
  }

  private async sweep(): Promise<void> {
    while (this.#isWanted && !this.#isStopping) {
      this.#isWanted = false;
      const parts = [this.sweepRounds(), this.epochs.keep(), this.audits.sweep()];
      for (const part of await Promise.allSettled(parts)) {
        if (part.status === 'fulfilled') continue;
        const error: unknown = part.reason;
        this.#log.error(`the sweep failed: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  }

  private async sweepRounds(): Promise<void> {
    const live = await this.rounds.live();
    await Promise.all(live.map((roundId) => this.progress.drive(roundId)));
  }
}
