import type { DatabaseModule } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import type { NetworkAddress } from '@ganglion/testkit';
import { Client } from 'pg';

/** The rows of one statement, seen by a role. */
export const rowsOf = async <Row>(
  network: NetworkAddress,
  sql: string,
  { as = 'superuser', values = [] }: { as?: DatabaseModule | 'superuser'; values?: unknown[] } = {},
): Promise<Row[]> => {
  const client = new Client({ connectionString: await network.databaseUrl(as) });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
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
    { values: [entity] },
  );
