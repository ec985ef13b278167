import { z } from 'zod';
import { moduleNames } from './module-name.js';
import { count, timestamp } from './value.js';

/** How one replica of a module is, by itself. */
export const replicaHealth = z.object({
  /** By the name of its process: its host and process id. */
  name: z.string(),
  version: z.string(),
  startedAt: timestamp,
  residentBytes: count,
  /** Its own readiness checks, such as `broker` and `database`. */
  checks: z.record(z.string(), z.boolean()),
});

/** What a module keeps: of those with tables. */
export const moduleStorage = z.object({
  /** Events that wait to be published, and for how long the oldest has. */
  outbox: z.object({ waiting: count, oldestMs: count.nullable() }),
  /** Size of its schema in PostgreSQL. */
  databaseBytes: count,
});
export type ModuleStorage = z.infer<typeof moduleStorage>;

/**
 * The router asks all replicas of all modules at once how they are: each hears it, outside of queue groups, and answers where
 * the router listens, and nowhere else.
 */
export const rollCall = {
  subject: 'roll-call',
  output: replicaHealth.extend({
    module: z.enum(moduleNames),
    /** Null: it has no tables, or could not read them in time. */
    storage: moduleStorage.nullable(),
  }),
} as const;
export type RollCallAnswer = z.infer<typeof rollCall.output>;
