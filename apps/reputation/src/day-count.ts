import type { Phase } from '@ganglion/contracts';
import type { Heard } from './trial.js';

/** How often a phase was tried, and succeeded, on one UTC day. */
export interface DayCount {
  readonly phase: Phase;
  /** `2030-01-31` */
  readonly day: string;
  readonly total: number;
  readonly succeeded: number;
}

/** The UTC day of a time. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Counts trials by phase and day. Order does not matter: a late event counts on its own day. */
export class DayCounts {
  readonly #days = new Map<string, DayCount>();

  add({ trials, at }: Heard): void {
    const day = dayOf(at);
    this.merge(
      trials.map(({ phase, succeeded }) => ({ phase, day, total: 1, succeeded: succeeded ? 1 : 0 })),
    );
  }

  /** Adds what was counted elsewhere. */
  merge(counts: readonly DayCount[]): this {
    for (const { phase, day, total, succeeded } of counts) {
      const before = this.#days.get(`${phase} ${day}`);
      this.#days.set(`${phase} ${day}`, {
        phase,
        day,
        total: (before?.total ?? 0) + total,
        succeeded: (before?.succeeded ?? 0) + succeeded,
      });
    }
    return this;
  }

  list(): DayCount[] {
    return [...this.#days.values()];
  }
}
