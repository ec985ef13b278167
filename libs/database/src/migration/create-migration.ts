import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { applyMigrations } from './apply-migrations.js';
import { withConnection } from './connect.js';
import { type ModuleFolder, writeMigration } from './migration-files.js';
import { startScratchServer } from './scratch-server.js';
import { diff } from './diff.js';

/** Which module, and a server where a scratch database may be made; a temporary one is started when not given. */
export interface ScratchOptions extends ModuleFolder {
  /** A role that may create databases. The database in the URL is not touched. */
  url?: string;
}

/**
 * Writes the migration that leads from a module's migrations to its Prisma schema.
 * @returns the path of the SQL file, or undefined when nothing is missing.
 */
export async function createMigration(
  { url, ...where }: ScratchOptions,
  name: string,
): Promise<string | undefined> {
  const sql = await missingSql({ ...where, ...(url ? { url } : {}) });
  return sql === '' ? undefined : writeMigration(where, name, sql);
}

/** The SQL that the migrations of a module lack to reach its Prisma schema; empty when they are complete. */
export async function missingSql({ url, ...where }: ScratchOptions): Promise<string> {
  return withScratchDatabase(url, async (scratch) => {
    await applyMigrations({ ...where, url: scratch });
    return diff({ ...where, url: scratch });
  });
}

async function withScratchDatabase<T>(
  url: string | undefined,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (url === undefined) {
    await using server = await startScratchServer();
    return await withScratchDatabase(server.url, work);
  }
  const name = `ganglion_scratch_${randomBytes(6).toString('hex')}`;
  const scratch = new URL(url);
  scratch.pathname = `/${name}`;
  const database = pg.escapeIdentifier(name);
  return withConnection({ url }, async (client) => {
    await client.query(`CREATE DATABASE ${database}`);
    try {
      return await work(scratch.href);
    } finally {
      await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    }
  });
}
