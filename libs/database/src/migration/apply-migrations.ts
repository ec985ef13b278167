import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { schemaName } from '../schema-name.js';
import { inTransaction, withConnection } from './connect.js';
import { type MigrationFile, type ModuleFolder, readMigrations } from './migration-files.js';

/** Prisma's own table, so that `prisma migrate deploy` and `status` read what was done here, and the other way round. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** One process at a time, per schema; readers go on. */
const LOCK = 'LOCK TABLE _prisma_migrations IN SHARE ROW EXCLUSIVE MODE';
/** Postgres's codes for a schema, table, type or catalog row that is there already. */
const DUPLICATES = new Set(['42P06', '42P07', '42710', '23505']);

interface AppliedRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/** Which module's migrations, and in which database. */
export interface ApplyOptions extends ModuleFolder {
  /** The database as the migrator role, which owns the module's schema. */
  url: string;
}

/**
 * Applies the migrations of a module that its schema does not have yet, each in a transaction of its own. Any number of
 * processes may try at once. Applying nothing is fine.
 * @returns the names of those applied now.
 * @throws Error when the history was tampered with (a migration edited or removed after it was applied), when an earlier
 *   one failed half-way under another tool, or when one fails now: then it has changed nothing.
 */
export async function applyMigrations({ url, ...where }: ApplyOptions): Promise<string[]> {
  const schema = schemaName(where.module);
  const files = await readMigrations(where);
  return withConnection({ url, schema }, async (client) => {
    await provideHistory(client, schema);
    const names: string[] = [];
    for (;;) {
      const name = await inTransaction(client, () => applyNext(client, where.module, files));
      if (name === undefined) return names;
      names.push(name);
    }
  });
}

async function provideHistory(client: pg.Client, schema: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (found.rowCount === 0) {
    // On a server that was not prepared (a test, a first look); the migrator role itself may not make schemas.
    await ignoringDuplicates(client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(schema)}`));
  }
  await ignoringDuplicates(client.query(HISTORY_TABLE));
  await inTransaction(client, () => closeHistory(client, schema));
}

/** The module may read its history (is my schema current?), and not rewrite it. */
async function closeHistory(client: pg.Client, role: string): Promise<void> {
  await client.query(LOCK);
  const open = await client.query(
    `SELECT 1 FROM pg_roles WHERE rolname = $1 AND NOT rolsuper
       AND has_table_privilege(oid, '_prisma_migrations', 'INSERT, UPDATE, DELETE')`,
    [role],
  );
  if (open.rowCount === 0) return;
  await client.query(`REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM ${pg.escapeIdentifier(role)}`);
}

/** IF NOT EXISTS still collides when two processes create at the very same time; the other one made it then. */
async function ignoringDuplicates(query: Promise<unknown>): Promise<void> {
  await query.catch((error: { code?: string }) => {
    if (!DUPLICATES.has(error.code ?? '')) throw error;
  });
}

/** Applies the first migration that is missing, or resolves with undefined when none is. */
async function applyNext(
  client: pg.Client,
  module: string,
  files: readonly MigrationFile[],
): Promise<string | undefined> {
  await client.query(LOCK);
  const { rows } = await client.query<AppliedRow>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  checkHistory(module, files, rows);
  const applied = new Set(rows.map(({ migration_name: name }) => name));
  const next = files.find(({ name }) => !applied.has(name));
  if (!next) return undefined;
  const startedAt = new Date();
  try {
    await client.query(next.sql);
  } catch (error) {
    throw new Error(
      `migration ${next.name} of ${module} failed and changed nothing: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, $4, $5, 1)`,
    [randomUUID(), next.checksum, next.name, startedAt, new Date()],
  );
  return next.name;
}

function checkHistory(module: string, files: readonly MigrationFile[], applied: readonly AppliedRow[]): void {
  const checksums = new Map(files.map(({ name, checksum }) => [name, checksum]));
  for (const { migration_name: name, checksum, finished_at: finishedAt } of applied) {
    const path = `prisma/${module}/migrations/${name}/migration.sql`;
    if (!finishedAt) {
      throw new Error(
        `migration ${name} of ${module} failed half-way; repair it with "prisma migrate resolve"`,
      );
    }
    if (!checksums.has(name)) {
      throw new Error(
        `the database of ${module} has the migration ${name}, but ${path} is missing; restore the file`,
      );
    }
    if (checksums.get(name) !== checksum) {
      throw new Error(
        `${path} was edited after it was applied; restore it and write a new migration instead`,
      );
    }
  }
}
