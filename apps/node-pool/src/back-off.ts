const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;
/** This long without a failure after a quarantine, and the next failure counts as a first one. */
const FORGIVEN_AFTER_MS = 3_600_000;

/** Length of the quarantine after the n-th failure in a row, n from 1: 30 s · 2^(n-1), at most an hour. */
export const backOffMs = (failures: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));

/**
 * Counts one more failure. A passed test does not reset the count, time does: otherwise a node that passes its
 * tests and lies to users would be back after 30 s each time.
 */
export const countFailure = (
  before: { failures: number; failedAt: Date | null },
  now: Date,
): { failures: number; failedAt: Date; wakeAt: Date } => {
  const quietMs = before.failedAt ? now.getTime() - before.failedAt.getTime() : Infinity;
  const isForgiven = before.failures === 0 || quietMs > backOffMs(before.failures) + FORGIVEN_AFTER_MS;
  const failures = isForgiven ? 1 : before.failures + 1;
  return { failures, failedAt: now, wakeAt: new Date(now.getTime() + backOffMs(failures)) };
};
