import type { EventView } from '@ganglion/contracts';

const MOST = 2_000;
const none: readonly EventView[] = [];

/** The latest events that came over the socket, newest first, for whoever follows them. */
export class EventLog {
  #events: readonly EventView[] = none;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly read = (): readonly EventView[] => this.#events;

  /** @param events oldest first, as the socket sends them */
  add(events: readonly EventView[]): void {
    if (events.length === 0) return;
    this.#events = [...events.toReversed(), ...this.#events].slice(0, MOST);
    for (const listener of this.#listeners) listener();
  }

  clear(): void {
    this.#events = none;
    for (const listener of this.#listeners) listener();
  }
}
