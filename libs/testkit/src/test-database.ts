import { randomUUID } from 'node:crypto';
import { type DatabaseModule, databaseModules } from '@ganglion/contracts';
import { openDatabase, schemaName } from '@ganglion/database';
import { applyMigrations, MIGRATOR, prepareRoles } from '@ganglion/database/migrate';
import pg from 'pg';
import { readTestkitConfig } from './environment.js';

/** Each module's generated client. */
const clients = {
  session: () => import('@ganglion/database/session'),
  'session-queue': () => import('@ganglion/database/session-queue'),
  'node-pool': () => import('@ganglion/database/node-pool'),
  cognitive: () => import('@ganglion/database/cognitive'),
  reputation: () => import('@ganglion/database/reputation'),
};
export type ClientOf<M extends DatabaseModule> = InstanceType<
  Awaited<ReturnType<(typeof clients)[M]>>['PrismaClient']
>;

export interface TestDatabase<Client> extends AsyncDisposable {
  /** As the module's own role. */
  readonly url: string;
  /** As the superuser, to look at what the role may not. */
  readonly superuserUrl: string;
  readonly client: Client;
}

const PASSWORD = 'of-a-test';
/** Any number that no other use of advisory locks on this server has. */
const TEMPLATE_LOCK = 0x67616e67;

const serverUrl = (): URL => {
  const { GANGLION_TEST_POSTGRES } = readTestkitConfig();
  if (!GANGLION_TEST_POSTGRES)
    throw new Error(
      'There is no PostgreSQL for tests: name the spec *.store.spec.ts or *.service.spec.ts (their Jest project starts ' +
        'one), or set GANGLION_TEST_POSTGRES to the URL of a superuser.',
    );
  return new URL(GANGLION_TEST_POSTGRES);
};

const inDatabase = (name: string, user?: string): string => {
  const url = serverUrl();
  url.pathname = `/${name}`;
  if (user) [url.username, url.password] = [user, PASSWORD];
  return url.href;
};

const asSuperuser = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: inDatabase('postgres') });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** One migrated database per module, made once per run; copying it takes some 30 ms. */
const provideTemplate = (module: DatabaseModule): Promise<string> =>
  asSuperuser(async (client) => {
    const template = `template_${schemaName(module)}`;
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount) return template;
    const making = `${template}_making`;
    await client.query(`DROP DATABASE IF EXISTS ${making} WITH (FORCE)`);
    const names = [...databaseModules, MIGRATOR];
    const passwords = Object.fromEntries(names.map((name) => [name, PASSWORD]));
    await prepareRoles({ url: inDatabase(making), modules: databaseModules, passwords });
    await applyMigrations({ url: inDatabase(making, MIGRATOR), module });
    await client.query(`ALTER DATABASE ${making} RENAME TO ${template}`);
    return template;
  });

/**
 * A fresh, migrated database of one module, and its client connected as the module's own role:
 * `await using db = await testDatabase('session')`.
 */
export const testDatabase = async <M extends DatabaseModule>(
  module: M,
): Promise<TestDatabase<ClientOf<M>>> => {
  const template = await provideTemplate(module);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser(async (client) => {
    // Only one copy at a time may be made of a template.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY wal_log`);
  });
  const url = inDatabase(name, schemaName(module));
  const { PrismaClient } = await clients[module]();
  const client = openDatabase(PrismaClient, { url, schema: schemaName(module) }) as ClientOf<M>;
  return {
    url,
    superuserUrl: inDatabase(name),
    client,
    async [Symbol.asyncDispose]() {
      await client.$disconnect();
      await asSuperuser((superuser) => superuser.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
};
