import { Fault } from '@ganglion/contracts';

const DAY_MS = 86_400_000;

/** The day in UTC, such as `2026-11-23`. What is said to be before 1970 is of its first day: PostgreSQL has no year 0. */
export const dayOf = (at: Date): string => new Date(Math.max(0, at.getTime())).toISOString().slice(0, 10);

/** Refuses a key that has used the day's tokens; those of tasks that still run are not known yet. */
export const requireTokens = (limit: number, used: number, now: Date): void => {
  if (used < limit) return;
  const resetsAt = (Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS;
  throw exceeded(
    `tokensPerDay: this key has used ${used} of its ${limit} tokens of today; they reset at ${new Date(resetsAt).toISOString()}`,
    { limit: 'tokensPerDay', retryAfterSeconds: Math.ceil((resetsAt - now.getTime()) / 1_000) },
  );
};

/** Refuses a key whose tasks are as many as it may have at once. */
export const requirePlace = (limit: number, open: number): void => {
  if (open < limit) return;
  throw exceeded(
    `concurrentTasks: this key may have ${limit} tasks at once, and has ${open}; the next is free when one of them ends`,
    { limit: 'concurrentTasks' },
  );
};

const exceeded = (message: string, details: Record<string, unknown>): Fault =>
  new Fault('LIMITED', message, { reason: 'quota_exceeded', ...details });
