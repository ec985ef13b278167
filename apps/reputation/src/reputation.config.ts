import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';
import { LEAST_DAYS } from './retention.js';

/** What reputation is told by its environment. */
export class ReputationConfig {
  /** @param keepEventsDays how long events are kept one by one, before they go into snapshots */
  constructor(readonly keepEventsDays: number) {}

  static read(): ReputationConfig {
    const { KEEP_EVENTS_DAYS } = readConfig({
      KEEP_EVENTS_DAYS: z.coerce
        .number()
        .int()
        .min(LEAST_DAYS, `must be at least ${LEAST_DAYS}: the broker repeats events for seven days`)
        .default(30),
    });
    return new ReputationConfig(KEEP_EVENTS_DAYS);
  }
}
