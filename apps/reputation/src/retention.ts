const DAY_MS = 86_400_000;

/** The broker repeats events for a week: with fewer days a repeated one could be taken for news. */
export const LEAST_DAYS = 8;

/** Events heard before this are trimmed. It moves once a day, so that a node's snapshot is written once a day. */
export const cutoffOf = (now: Date, keepDays: number): Date =>
  new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - keepDays * DAY_MS);
