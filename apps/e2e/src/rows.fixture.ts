import type { DatabaseModule } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import type { NetworkAddress } from '@ganglion/testkit';
import { Client, Pool } from 'pg';

/** A connection to the network's database as one role. */
export const connectAs = async (
  network: NetworkAddress,
  role: DatabaseModule | 'superuser',
): Promise<Client & AsyncDisposable> => {
  const client = new Client({ connectionString: await network.databaseUrl(role) });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
};

const pools = new Map<string, Pool>();

/** The superuser's connections to a network's database, kept between statements: a specification asks often. */
const poolOf = async (network: NetworkAddress): Promise<Pool> => {
  const connectionString = await network.databaseUrl('superuser');
  const known = pools.get(connectionString);
  if (known) return known;
  const pool = new Pool({ connectionString, allowExitOnIdle: true });
  // A server that is restarted takes its idle connections with it; the next statement gets another one.
  pool.on('error', () => {});
  pools.set(connectionString, pool);
  return pool;
};

/** The rows of one statement; the superuser sees those of all modules. */
export const rowsOf = async <Row>(
  network: NetworkAddress,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> => {
  const pool = await poolOf(network);
  return (await pool.query(sql, values)).rows as Row[];
};

export interface Move {
  entityId: string;
  from: string | null;
  to: string;
  reason: { code: string; message: string } | null;
  payload: { sessionId?: string | null } | null;
  at: Date;
}

/** Every move of one lifecycle in the order of its rows, from the module's own event table. */
export const movesOf = (network: NetworkAddress, module: DatabaseModule, entity: string): Promise<Move[]> =>
  rowsOf<Move>(
    network,
    `SELECT "entityId", "from", "to", reason, payload, at FROM ${schemaName(module)}."Event"
      WHERE entity = $1 AND "to" IS NOT NULL AND "from" IS DISTINCT FROM "to" ORDER BY sequence`,
    [entity],
  );
