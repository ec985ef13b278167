import type { AdminEvents, EventView } from '@ganglion/contracts';

const MAX_EVENTS = 500;

/** Events since the last batch: the first 500, and how many more there were. */
export class EventBatch {
  #events: EventView[] = [];
  #skipped = 0;

  add(event: EventView): void {
    if (this.#events.length < MAX_EVENTS) this.#events.push(event);
    else this.#skipped += 1;
  }

  /** The batch, and a new one begins; undefined if nothing happened. */
  take(): AdminEvents | undefined {
    if (this.#events.length === 0) return undefined;
    const batch = { events: this.#events, skipped: this.#skipped };
    this.#events = [];
    this.#skipped = 0;
    return batch;
  }
}
