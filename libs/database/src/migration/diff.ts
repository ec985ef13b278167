import { readPrismaSchema } from './migration-files.js';
import { type EngineOptions, openEngine } from './schema-engine.js';

/**
 * The SQL that leads from a database's schema of a module to the module's Prisma schema; empty when they are equal.
 * The statements name no Postgres schema: the search path decides.
 */
export async function diff(options: EngineOptions): Promise<string> {
  const files = [{ path: 'schema.prisma', content: await readPrismaSchema(options) }];
  await using opened = await openEngine(options);
  const { stdout } = await opened.engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  const sql = stdout ?? '';
  return sql.trim() === '-- This is an empty migration.' ? '' : sql;
}

/** Whether the migrated database is what the Prisma schema says: no migration is missing. */
export async function diffIsEmpty(options: EngineOptions): Promise<boolean> {
  return (await diff(options)) === '';
}
