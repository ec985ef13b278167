import { Fault } from '@ganglion/contracts';
import type { RateLimit } from './rate-limit.js';

interface Taking {
  readonly now: number;
  /** What there are too many of, in words: "joins from 10.0.0.1". */
  readonly what: string;
  /** Of this key, if not as for all. */
  readonly perMinute?: number;
}

/** Takes one of what is limited. @throws Fault LIMITED that says when there is one again */
export const takeOne = (limit: RateLimit, key: string, { now, what, perMinute }: Taking): void => {
  const retryAfterSeconds = limit.take(key, now, perMinute);
  if (retryAfterSeconds === 0) return;
  throw new Fault('LIMITED', `too many ${what}: try again in ${retryAfterSeconds} s`, { retryAfterSeconds });
};
