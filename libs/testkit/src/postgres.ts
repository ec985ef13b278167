import { makeCluster, postgresCommand, serverFlags, type ClusterOptions } from '@ganglion/database/server';
import pg from 'pg';
import { Child, lastLines } from './child.js';
import { eventually } from './eventually.js';
import type { Part } from './part.js';

export interface PostgresOptions extends ClusterOptions {
  port: number;
  logFile: string;
}

/** A PostgreSQL server of our own, from the binaries that came with npm. Runs for root too, as another user. */
export class Postgres implements Part {
  #child: Child | undefined;

  private constructor(private readonly options: PostgresOptions) {}

  static async start(options: PostgresOptions): Promise<Postgres> {
    await makeCluster(options);
    const server = new Postgres(options);
    await server.run();
    return server;
  }

  /** As the superuser, with password. */
  url(database = 'postgres'): string {
    return `postgres://postgres:${this.options.password}@127.0.0.1:${this.options.port}/${database}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  log(): string {
    return this.#child?.log() ?? '';
  }

  /** Starts the server on the same files and port again. */
  async run(): Promise<void> {
    const { directory, port, isDurable, logFile } = this.options;
    const command = await postgresCommand('postgres', directory, serverFlags(port, isDurable));
    const child = new Child({ name: 'postgres', ...command, logFile, endSignal: 'SIGINT' });
    this.#child = child;
    await eventually(() => this.answers(child), { timeoutMs: 30_000 }).catch(async (error: unknown) => {
      await child.stop();
      throw new Error(`PostgreSQL did not start (${String(error)})\n${lastLines(child.log())}`);
    });
  }

  async stop(): Promise<void> {
    await this.#child?.stop(15_000);
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  private async answers(child: Child): Promise<void> {
    if (!child.isRunning) throw new Error('it has ended');
    const client = new pg.Client({ connectionString: this.url(), connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    await client.connect();
    await client.end();
  }
}
