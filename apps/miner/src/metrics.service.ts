import type { EndedAttempt } from '@ganglion/node';
import { Metrics } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';

const TTFT_BUCKETS_MS = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** What a miner counts of its own work, for its operator. */
@Injectable()
export class MetricsService {
  readonly #tokens;
  readonly #attempts;
  readonly #slots;
  readonly #ttft;

  constructor(metrics: Metrics) {
    this.#tokens = metrics.counter('ganglion_miner_tokens_total', 'Tokens read and made', ['kind']);
    this.#attempts = metrics.counter('ganglion_miner_tasks_total', 'Tasks computed, by outcome', ['outcome']);
    this.#slots = metrics.gauge('ganglion_miner_slots', 'Slots, by whether they compute', ['state']);
    this.#ttft = metrics.histogram(
      'ganglion_miner_ttft_ms',
      'Time from acceptance to the first token, in ms',
      {
        buckets: TTFT_BUCKETS_MS,
      },
    );
  }

  ended({ outcome, promptTokens, completionTokens, ttftMs }: EndedAttempt): void {
    this.#attempts.inc({ outcome });
    this.#tokens.inc({ kind: 'prompt' }, promptTokens);
    this.#tokens.inc({ kind: 'completion' }, completionTokens);
    if (ttftMs !== null) this.#ttft.observe(ttftMs);
  }

  /** Asks for the slots whenever the metrics are read. */
  watchSlots(slots: number, busySlots: () => number): void {
    const gauge = this.#slots;
    const collect = (): void => {
      gauge.set({ state: 'busy' }, busySlots());
      gauge.set({ state: 'free' }, slots - busySlots());
    };
    Object.assign(gauge, { collect });
  }
}
