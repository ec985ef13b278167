import type { AdminEvents } from '@ganglion/contracts';

/** Packets that may wait for a slow reader; further batches are left out. */
const MAX_WAITING_PACKETS = 64;
/** One that takes nothing for so long is cut. */
const STALL_MS = 60_000;

/** One connection, as far as sending needs it. */
export interface Connection {
  /** Packets that were sent to it and wait. */
  waiting(): number;
  send(batch: AdminEvents): void;
  cut(): void;
}

/** Somebody who follows the events. A slow one misses batches, is told how many events that were, and costs no more. */
export class EventReader {
  #missed = 0;
  #stalledAt: number | undefined;

  constructor(private readonly connection: Connection) {}

  /** @param now ms of any steady clock */
  offer(batch: AdminEvents, now: number): void {
    if (this.connection.waiting() <= MAX_WAITING_PACKETS) {
      this.connection.send({ ...batch, skipped: batch.skipped + this.#missed });
      this.#missed = 0;
      this.#stalledAt = undefined;
      return;
    }
    this.#missed += batch.events.length + batch.skipped;
    this.#stalledAt ??= now;
    if (now - this.#stalledAt >= STALL_MS) this.connection.cut();
  }
}
