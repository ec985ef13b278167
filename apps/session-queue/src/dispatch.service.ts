import { Injectable, Logger } from '@nestjs/common';
import { ClaimStore } from './claim.store.js';
import { type Lane, laneKey } from './lane.js';
import { OfferService } from './offer.service.js';

/** Hands waiting tasks to free slots, and the tasks to miners. */
@Injectable()
export class DispatchService {
  readonly #log = new Logger(DispatchService.name);
  readonly #pumping = new Map<string, { again: boolean }>();
  readonly #offers = new Set<Promise<void>>();

  constructor(
    private readonly claims: ClaimStore,
    private readonly offers: OfferService,
  ) {}

  /** Dispatches all that can be in a lane. Calls during a run make one more run, so nothing is overlooked. */
  pump(lane: Lane): void {
    const key = laneKey(lane);
    const running = this.#pumping.get(key);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: false };
    this.#pumping.set(key, state);
    void this.run(lane, state)
      .catch((error: unknown) => this.#log.error(`pump ${key}: ${String(error)}`))
      .finally(() => this.#pumping.delete(key));
  }

  private async run(lane: Lane, state: { again: boolean }): Promise<void> {
    do {
      state.again = false;
      for (;;) {
        const claim = await this.claims.claim(lane);
        if (typeof claim === 'string') break;
        this.track(this.offers.make(claim), lane);
      }
    } while (state.again);
  }

  private track(offer: Promise<boolean>, lane: Lane): void {
    const settled = offer.then(
      (isTaken) => {
        if (!isTaken) this.pump(lane);
      },
      (error: unknown) => this.#log.error(`offer: ${String(error)}`),
    );
    this.#offers.add(settled);
    void settled.finally(() => this.#offers.delete(settled));
  }

  /** Offers that were under way have settled. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#offers);
  }
}
