import pg from 'pg';
import { schemaName } from '../schema-name.js';
import { inTransaction, withConnection } from './connect.js';

/** The role that owns every schema and alone may change tables. */
export const MIGRATOR = 'migrator';

/** The database to prepare, and for whom. */
export interface RoleOptions {
  /** As superuser, or as a role that may create roles and owns the database. The database is created when it is missing. */
  url: string;
  /** The modules that own tables, such as `session-queue`. */
  modules: readonly string[];
  /** A password for every module, by its name, and one for `migrator`. Given anew, they replace the old ones. */
  passwords: Readonly<Record<string, string>>;
}

/**
 * Makes a schema and a login role for every module. A module's role may read and write the rows of its own tables, change
 * no table, and see no other schema; nobody else may connect. Idempotent.
 * @throws Error naming the module whose password is missing.
 */
export async function prepareRoles({ url, modules, passwords }: RoleOptions): Promise<void> {
  const passwordOf = (name: string): string => {
    const password = passwords[name];
    if (!password) throw new Error(`passwords: there is none for ${name}; add it`);
    return password;
  };
  const wanted = modules.map((module) => ({ role: schemaName(module), password: passwordOf(module) }));
  const migrator = { role: MIGRATOR, password: passwordOf(MIGRATOR) };
  await provideDatabase(url);
  await withConnection({ url }, (client) =>
    inTransaction(client, async () => {
      await closeDatabase(client);
      await provideRole(client, migrator);
      // Who is not superuser may only make schemas for a role that it belongs to.
      await client.query(`GRANT ${MIGRATOR} TO CURRENT_USER`);
      await client.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${MIGRATOR} REVOKE ALL ON FUNCTIONS FROM PUBLIC`);
      for (const module of wanted) await provideModule(client, module);
    }),
  );
}

/** Creates the database named in the URL, when it is missing. */
export async function provideDatabase(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const isMissing = await withConnection({ url }, async () => false).catch((error: Error) => {
    if ((error.cause as { code?: string }).code === '3D000') return true;
    throw error;
  });
  if (!isMissing) return;
  await withConnection({ url: maintenance.href }, (client) =>
    client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`).catch((error: { code?: string }) => {
      // Another process made it just now.
      if (error.code !== '42P04' && error.code !== '23505') throw error;
    }),
  );
}

async function closeDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  await client.query(`REVOKE ALL ON DATABASE ${pg.escapeIdentifier(rows[0]!.name)} FROM PUBLIC`);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
}

interface LoginRole {
  role: string;
  password: string;
}

async function provideRole(client: pg.Client, { role, password }: LoginRole): Promise<void> {
  const name = pg.escapeIdentifier(role);
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${name}`);
  await client.query(
    `ALTER ROLE ${name} LOGIN NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD ${pg.escapeLiteral(password)}`,
  );
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  await client.query(`GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(rows[0]!.name)} TO ${name}`);
}

async function provideModule(client: pg.Client, module: LoginRole): Promise<void> {
  await provideRole(client, module);
  const name = pg.escapeIdentifier(module.role);
  const asMigrator = `ALTER DEFAULT PRIVILEGES FOR ROLE ${MIGRATOR} IN SCHEMA ${name}`;
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${MIGRATOR};
    REVOKE ALL ON SCHEMA ${name} FROM PUBLIC;
    GRANT USAGE ON SCHEMA ${name} TO ${name};
    ${asMigrator} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${name};
    ${asMigrator} GRANT USAGE, SELECT ON SEQUENCES TO ${name};
    ALTER ROLE ${name} SET search_path TO ${name};
  `);
}
