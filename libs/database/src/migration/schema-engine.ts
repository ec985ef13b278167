import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { schemaName } from '../schema-name.js';
import { type ModuleFolder, readPrismaSchema } from './migration-files.js';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** The part used of what every JavaScript engine has, and the type libraries only list for browsers. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

let loading: Promise<EngineModule> | undefined;

/**
 * Prisma's schema engine as WebAssembly: unlike the executable that `prisma migrate` downloads, it comes with the packages.
 * Node cannot import the package's own entry without a flag, so its two files are put together here.
 */
function loadEngine(): Promise<EngineModule> {
  loading ??= (async () => {
    const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const engine = (await import(pathToFileURL(glue).href)) as EngineModule;
    const bytes = await readFile(join(dirname(glue), 'schema_engine_bg.wasm'));
    const imports = { './schema_engine_bg.js': engine };
    const { instance } = await WebAssembly.instantiate(bytes, imports);
    engine.__wbg_set_wasm(instance.exports);
    (instance.exports['__wbindgen_start'] as (() => void) | undefined)?.();
    return engine;
  })();
  return loading;
}

/** Which module, and the database whose migrated schema is compared. */
export interface DiffOptions extends ModuleFolder {
  url: string;
}

/**
 * The SQL that leads from a database's schema of a module to the module's Prisma schema; empty when they are equal.
 * The statements name no Postgres schema: the search path decides.
 */
export async function diff({ url, ...where }: DiffOptions): Promise<string> {
  const schema = schemaName(where.module);
  const content = await readPrismaSchema(where);
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils');
  const adapter = new PrismaPg({ connectionString: url, options: `-c search_path=${schema}` }, { schema });
  const { SchemaEngine } = await loadEngine();
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    const files = [{ path: 'schema.prisma', content }];
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    const sql = stdout ?? '';
    return sql.trim() === '-- This is an empty migration.' ? '' : sql;
  } finally {
    engine.free();
  }
}

/** Whether the migrated database is what the Prisma schema says: no migration is missing. */
export async function diffIsEmpty(options: DiffOptions): Promise<boolean> {
  return (await diff(options)) === '';
}
