import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { schemaName } from '../schema-name.js';
import { type ModuleFolder, readPrismaSchema } from './migration-files.js';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** The part used of what every JavaScript engine has, and the type libraries only list for browsers. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
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

/**
 * The engine reads Postgres's catalog, where some columns have the one-byte type "char", which the adapter does not know and
 * the engine insists on. They are fetched as text and labelled. A newer engine that asks for others fails aloud with
 * "Column type 'char' could not be deserialized".
 */
class CatalogAdapter extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect();
    const queryRaw = connection.queryRaw.bind(connection);
    connection.queryRaw = async (query) => {
      const sql = query.sql.replaceAll(CHAR_COLUMNS, (_, column: string, name: string) => {
        return `${column}.${name}::text AS ${name}`;
      });
      const result = await queryRaw({ ...query, sql: sql.replace(CONSTRAINT_TYPE, '$1::text AS $2') });
      const columnTypes = result.columnTypes.map((type, index) =>
        CHAR_NAMES.has(result.columnNames[index]!) ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return connection;
  }
}

const CHAR_COLUMNS = /\b(con)\.(confdeltype|confupdtype)(?=,)/g;
const CONSTRAINT_TYPE = /\b(constr\.contype) AS (constraint_type)/;
const CHAR_NAMES = new Set(['confdeltype', 'confupdtype', 'constraint_type']);

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
  const adapter = new CatalogAdapter(
    { connectionString: url, options: `-c search_path=${schema}` },
    { schema },
  );
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
