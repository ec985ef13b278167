import type { Concurrency } from '@ganglion/contracts';

/** Tests that are remembered. */
const KEPT = 3;

/** What tests with several requests at once have shown, with that of one more; one of which nothing was seen adds none. */
export const withConcurrency = (samples: readonly Concurrency[], shown: Concurrency): Concurrency[] =>
  shown.seen === 0 ? [...samples] : [...samples, shown].slice(-KEPT);

/** The most requests that it was lately seen to work on at the same time; null before the first such test. */
export const shownSlots = (samples: readonly Concurrency[]): number | null =>
  samples.length === 0 ? null : Math.max(...samples.map(({ seen }) => seen));

/**
 * How many requests it is given at once: as many as it declared, unless requests had to wait in every one of the latest tests. A
 * single such test may have been chance, and the next test is given as many as were declared again.
 */
export const usableSlots = (declared: number, samples: readonly Concurrency[]): number =>
  samples.length >= 2 && samples.every(({ waited }) => waited)
    ? Math.min(declared, shownSlots(samples)!)
    : declared;
