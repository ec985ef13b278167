import type { Concurrency, WorkSpan } from '@ganglion/contracts';

/** Reading goes on between the steps of answers that are under way, so that it takes longer than alone. */
const SLOWER_READING = 2;

/**
 * How many requests a node works on at the same time, from when it had each of them and was seen at work on it.
 *
 * - seen: the most answers that were under way at one moment. It cannot be more than the node does, however it tells its time;
 * - waited: a request began only after another answer had ended, though it had lain with the node, while that answer was
 *   under way, for longer than reading all of them one after the other takes. With answers that are too short, or too fast for
 *   the next request to arrive meanwhile, nothing is said to have waited.
 */
export const concurrencyOf = (spans: readonly (WorkSpan | null)[]): Concurrency => {
  const known = spans.filter((span) => span !== null);
  const readingMs = known.length * SLOWER_READING * shortest(known);
  const isAfter = (one: WorkSpan, other: WorkSpan): boolean => {
    if (other.first === null || other.end === null || (one.first ?? Infinity) < other.end) return false;
    return other.end - Math.max(other.first, one.from) > readingMs;
  };
  return {
    asked: spans.length,
    seen: Math.max(0, ...known.map(({ first }) => (first === null ? 0 : underWay(known, first)))),
    waited: known.some((one) => known.some((other) => isAfter(one, other))),
  };
};

/** Answers that have begun at a time, and not ended. */
const underWay = (spans: readonly WorkSpan[], at: number): number =>
  spans.filter(({ first, end }) => first !== null && first <= at && at < (end ?? Infinity)).length;

/** The shortest time to a first token. */
const shortest = (spans: readonly WorkSpan[]): number =>
  Math.min(...spans.map(({ from, first }) => (first === null ? Infinity : first - from)));
