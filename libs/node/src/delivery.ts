import { Fault, type InputOf, type NodeRequest, sessionQueue } from '@ganglion/contracts';
import { backOff } from './back-off.js';
import type { NodeClock } from './clock.js';
import { type CommitPart } from './commit-parts.js';
import type { Link } from './link.js';

export interface DeliveryOptions {
  readonly link: Pick<Link, 'ask'>;
  readonly clock: NodeClock;
}

/** Nobody answered, or something broke on the other side: the same message may do better later. */
const passing = new Set(['UNAVAILABLE', 'INTERNAL', 'BUSY', 'LIMITED']);

/** Brings messages to the queue that must arrive: both are idempotent there, so they are sent until answered. */
export class Delivery {
  constructor(private readonly options: DeliveryOptions) {}

  /** @throws Fault as the queue gave it, or the last one when `until` (epoch ms) has passed or the signal aborted */
  precommit(
    message: InputOf<typeof sessionQueue.precommit>,
    until: number,
    signal: AbortSignal,
  ): Promise<void> {
    return this.insist(sessionQueue.precommit, message, { until, signal });
  }

  /** Sends the parts in their order. @throws as `precommit` does */
  async reveal(parts: readonly CommitPart[], until: number, signal: AbortSignal): Promise<void> {
    for (const part of parts) await this.insist(sessionQueue.commit, part, { until, signal });
  }

  private async insist<R extends NodeRequest>(
    message: R,
    input: InputOf<R>,
    { until, signal }: { until: number; signal: AbortSignal },
  ): Promise<void> {
    const { link, clock } = this.options;
    for (let failures = 1; ; failures++) {
      try {
        await link.ask(message, input);
        return;
      } catch (error) {
        if (!(error instanceof Fault) || !passing.has(error.code)) throw error;
        if (clock.ms() >= until || signal.aborted) throw error;
      }
      await clock.sleep(backOff(failures, { firstMs: 100, mostMs: 2_000 }), signal);
    }
  }
}
