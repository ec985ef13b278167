import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCluster, serverFlags } from '../server/make-cluster.js';
import { postgresCommand } from '../server/postgres-command.js';

/** A Postgres server of its own in a temporary folder. */
export interface ScratchServer extends AsyncDisposable {
  /** As superuser, to the database `postgres`. */
  readonly url: string;
}

/** Starts an empty Postgres server on a free port (about two seconds); disposing stops it and removes its files. */
export async function startScratchServer(): Promise<ScratchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ganglion-postgres-'));
  const directory = join(folder, 'data');
  try {
    await makeCluster({ directory, password: 'scratch', isDurable: false });
    const port = await freePort();
    const stop = await startServer(directory, port);
    return {
      url: `postgres://postgres:scratch@127.0.0.1:${port}/postgres`,
      async [Symbol.asyncDispose]() {
        await stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Resolves, when the server takes connections, with the function that stops it. */
async function startServer(directory: string, port: number): Promise<() => Promise<void>> {
  const { command, args, ...user } = await postgresCommand('postgres', directory, serverFlags(port, false));
  const server = spawn(command, args, { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(server, 'exit');
  let log = '';
  const ready = new Promise<void>((resolve) =>
    server.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes('ready to accept connections')) resolve();
    }),
  );
  const failed = exit.then(() => {
    throw new Error(`cannot start Postgres in ${directory}:\n${log}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  return async () => {
    server.kill('SIGINT');
    await exit;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
