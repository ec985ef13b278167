import { chown, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { Child, lastLines } from './child.js';
import { eventually } from './eventually.js';
import type { Part } from './part.js';
import { postgresBinaries } from './postgres-binaries.js';
import { canReach, type PostgresOwner, postgresOwner, throughClosedFolders } from './postgres-owner.js';

export interface PostgresOptions {
  /** The cluster's folder; made if it is not there. */
  directory: string;
  port: number;
  /** Of the superuser `postgres`; used when the cluster is made. */
  password: string;
  logFile: string;
  /** Without it nothing is flushed to disk: fast, and lost with the machine. For tests. */
  isDurable: boolean;
}

/** A PostgreSQL server of our own, from the binaries that came with npm. Runs for root too, as another user. */
export class Postgres implements Part {
  #child: Child | undefined;
  #owner: PostgresOwner | undefined;

  private constructor(private readonly options: PostgresOptions) {}

  static async start(options: PostgresOptions): Promise<Postgres> {
    const server = new Postgres(options);
    server.#owner = await postgresOwner();
    await server.initialise();
    await server.run();
    return server;
  }

  /** As the superuser, with password. */
  url(database = 'postgres'): string {
    return `postgres://postgres:${this.options.password}@127.0.0.1:${this.options.port}/${database}`;
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
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '300',
      ...(isDurable
        ? {}
        : {
            fsync: 'off',
            synchronous_commit: 'off',
            full_page_writes: 'off',
            wal_level: 'minimal',
            max_wal_senders: '0',
          }),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { postgres } = postgresBinaries();
    this.#child = await this.launch(
      'postgres',
      postgres,
      ['-D', directory, '-p', String(port), ...flags],
      logFile,
    );
    const child = this.#child;
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

  /** Makes the cluster beside its place first: a crash in the middle leaves nothing that looks like one. */
  private async initialise(): Promise<void> {
    const { directory, password, isDurable, logFile } = this.options;
    const isThere = await stat(join(directory, 'PG_VERSION')).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await mkdir(dirname(directory), { recursive: true });
    const beside = `${directory}.new`;
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { mode: 0o700 });
    const secrets = await mkdtemp(join(tmpdir(), 'ganglion-pg-'));
    const passwordFile = join(secrets, 'password');
    try {
      await writeFile(passwordFile, password, { mode: 0o600 });
      for (const path of [beside, secrets, passwordFile])
        if (this.#owner) await chown(path, this.#owner.uid, this.#owner.gid);
      const args = ['-D', beside, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
      const locale = [
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-locale',
      ];
      const { initdb } = postgresBinaries();
      const child = await this.launch(
        'initdb',
        initdb,
        [...args, ...locale, ...(isDurable ? [] : ['--no-sync'])],
        logFile,
      );
      await child.succeed();
    } finally {
      await rm(secrets, { recursive: true, force: true });
    }
    await rename(beside, directory);
  }

  private async launch(name: string, program: string, args: string[], logFile: string): Promise<Child> {
    const owner = this.#owner;
    const endSignal = 'SIGINT';
    if (!owner) return new Child({ name, command: program, args, logFile, endSignal });
    const cluster = args[1] as string;
    const isOpen = (await canReach(program, owner)) && (await canReach(cluster, owner));
    if (isOpen) return new Child({ name, command: program, args, logFile, endSignal, ...owner });
    const [command, ...rights] = throughClosedFolders(owner);
    return new Child({
      name,
      command: command as string,
      args: [...rights, program, ...args],
      logFile,
      endSignal,
    });
  }
}
