import { type Change, emptyLedger, enter, type Entry, type Ledger } from './ledger.js';
import { type DayCount, DayCounts } from './day-count.js';

/** What a node's events come to: its ledger after the last of them, and what each of them left behind. */
export interface Counted {
  /** The last event that was counted; 0 before the first. */
  readonly sequence: bigint;
  readonly ledger: Ledger;
  readonly changes: readonly Change[];
  readonly days: readonly DayCount[];
}

/** Where counting begins: nothing, a snapshot, or the ledger as it stands. */
export interface Start {
  readonly sequence: bigint;
  readonly ledger: Ledger;
}

export const beginning: Start = { sequence: 0n, ledger: emptyLedger };

/**
 * Counts a node's events in the order of their sequence, batch by batch. The live count, a snapshot and a rebuild are all
 * this: so they agree to the last bit.
 */
export class Recount {
  #sequence: bigint;
  #ledger: Ledger;
  readonly #changes: Change[] = [];
  readonly #days = new DayCounts();

  constructor(start: Start = beginning) {
    this.#sequence = start.sequence;
    this.#ledger = start.ledger;
  }

  /** Events that come next, in their order. */
  add(entries: Iterable<Entry>): this {
    for (const entry of entries) {
      const { ledger, change } = enter(this.#ledger, entry);
      this.#ledger = ledger;
      this.#sequence = entry.sequence;
      if (change) this.#changes.push(change);
      this.#days.add(entry.heard);
    }
    return this;
  }

  result(): Counted {
    return {
      sequence: this.#sequence,
      ledger: this.#ledger,
      changes: [...this.#changes],
      days: this.#days.list(),
    };
  }
}
