import { Fault } from '@ganglion/contracts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;
const USUAL_DAYS = 30;

/** Days in UTC, such as `2026-11-23`, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/**
 * The days that are asked for: up to today and thirty of them where that is left out.
 * @throws Fault INVALID for days that are in no order, or too many
 */
export const daysOf = ({ from, to }: Partial<Days>, nowMs: number): Days => {
  const last = to ?? dayOf(nowMs);
  const first = from ?? dayOf(Math.max(0, Date.parse(last) - (USUAL_DAYS - 1) * DAY_MS));
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1) throw wrong(`from: ${first} is after ${last} (to)`);
  if (days > MOST_DAYS) throw wrong(`from: ${days} days are asked for: ask for at most ${MOST_DAYS} at once`);
  return { from: first, to: last };
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const wrong = (message: string): Fault => new Fault('INVALID', message, { field: 'from' });
