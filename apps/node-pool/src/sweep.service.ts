import type { nodePool, OutputOf } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { DueService } from './due.service.js';
import { PresenceStore } from './presence.store.js';
import { ProbeTurns } from './probe-turns.js';
import { SilenceService } from './silence.service.js';

const FORGET_EVERY_MS = 60_000;

/** The clock's turn at the pool. Repeating it, or doing it in two replicas at once, does no harm. */
@Injectable()
export class SweepService {
  readonly #probes = new ProbeTurns();
  #forgetAt = 0;

  constructor(
    private readonly silence: SilenceService,
    private readonly tests: DueService,
    private readonly store: PresenceStore,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<OutputOf<typeof nodePool.sweep>> {
    const heard = await this.silence.settle();
    const now = this.clock.ms();
    if (now >= this.#forgetAt) await this.store.forgetOldNonces(this.clock.now());
    if (now >= this.#forgetAt) this.#forgetAt = now + FORGET_EVERY_MS;
    return {
      due: await this.tests.due(heard),
      probe: this.#probes.take(
        heard.filter(({ state }) => state !== 'DRAINING').map(({ id }) => id),
        now,
      ),
    };
  }
}
