import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { schemaName } from '../schema-name.js';
import { type ModuleFolder, readPrismaSchema } from './migration-files.js';

export type SchemaEngine = import('@prisma/schema-engine-wasm/schema_engine_bg').SchemaEngine;
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
    // Where the engine says why it is about to crash.
    Object.assign(globalThis, {
      PRISMA_WASM_PANIC_REGISTRY: {
        set_message(message: string) {
          throw new Error(`Prisma's schema engine: ${message}`);
        },
      },
    });
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
  private readonly opened: Awaited<ReturnType<PrismaPg['connect']>>[] = [];

  /** The engine closes nothing itself. */
  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((connection) => connection.dispose()));
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect();
    this.opened.push(connection);
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

/** Which module, and a database with its schema. */
export interface EngineOptions extends ModuleFolder {
  url: string;
}

/** The engine, looking at a database's schema of one module; disposing it closes its connections. */
export async function openEngine({
  url,
  ...where
}: EngineOptions): Promise<{ engine: SchemaEngine } & AsyncDisposable> {
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
  return {
    engine,
    async [Symbol.asyncDispose]() {
      engine.free();
      await adapter.close();
    },
  };
}
