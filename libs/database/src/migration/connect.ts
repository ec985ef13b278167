import pg from 'pg';

/**
 * Works on one connection, and closes it. With a schema, unqualified names are looked for and made there only.
 * @throws Error naming server and database when the connection fails.
 */
export async function withConnection<T>(
  { url, schema }: { url: string; schema?: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // Without a listener a server that goes away ends the process; the query under way fails all the same.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`cannot connect to ${withoutPassword(url)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  try {
    if (schema) await client.query(`SET search_path TO ${pg.escapeIdentifier(schema)}`);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs in one transaction. */
export async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // When the connection is gone the server rolls back by itself; the first error is the one to tell.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.host}${parsed.pathname} as ${parsed.username}`;
  } catch {
    return 'the database (its URL is malformed)';
  }
}
