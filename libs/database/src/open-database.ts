import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { StatementNames } from './statement-names.js';
import { schemaName } from './schema-name.js';

/** Where a module's tables are. */
export interface DatabaseOptions {
  /** `postgres://role:password@host:port/database`; without `?schema=…`. */
  url: string;
  /** The module's Postgres schema, such as `session_queue`. */
  schema: string;
  /** Connections at most; 10 when not given. */
  connections?: number;
}

/** A generated client's class. Loose, because every module's has options of its own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ClientClass = abstract new (...args: any[]) => unknown;

/** Fails a query rather than let a request wait forever for a server that is gone. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection is dear: the proof of its password, and the plans of its statements. Between two bursts it is kept. */
const IDLE_MS = 60_000;

/**
 * A module's Prisma client, connected on first use, that sees the module's own schema and nothing else.
 * @throws Error when the schema is no identifier, or the URL no Postgres URL.
 */
export function openDatabase<C extends ClientClass>(Client: C, options: DatabaseOptions): InstanceType<C> {
  const schema = schemaName(options.schema);
  if (!/^postgres(ql)?:\/\//.test(options.url)) {
    throw new Error('url: must start with postgres:// (the value of DATABASE_URL)');
  }
  const pool = new pg.Pool({
    connectionString: options.url,
    options: `-c search_path=${schema}`,
    max: options.connections ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
  });
  // For a moment between the pool and who asked for it a connection has no listener, and a server that ends it just then
  // would end the process. Its next user finds it out anyway.
  pool.on('connect', (connection) => connection.on('error', () => {}));
  const names = new StatementNames();
  const adapter = new PrismaPg(pool, {
    schema,
    disposeExternalPool: true,
    // The adapter takes undefined for a statement without a name, though its types do not say so.
    statementNameGenerator: ({ sql }) => names.of(sql) as string,
  });
  const Connected = Client as unknown as new (options: object) => InstanceType<C>;
  return new Connected({ adapter, transactionOptions: { maxWait: CONNECT_TIMEOUT_MS, timeout: 10_000 } });
}
