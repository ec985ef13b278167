/** The modules that speak on the broker with credentials of their own. */
export const moduleNames = [
  'router',
  'session',
  'session-queue',
  'node-pool',
  'cognitive',
  'oracle',
  'reputation',
] as const;

export type ModuleName = (typeof moduleNames)[number];

/** The modules that own tables: each has a Postgres schema and a role of its own. */
export const databaseModules = ['session', 'session-queue', 'node-pool', 'cognitive', 'reputation'] as const;

export type DatabaseModule = (typeof databaseModules)[number];
