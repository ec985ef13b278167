import { BrokerServer } from './broker-server.js';
import type { DataFolder } from './data-folder.js';
import { readTestkitConfig } from './environment.js';
import type { Part } from './part.js';
import { Postgres } from './postgres.js';
import type { Progress } from './progress.js';
import { provision } from './provision.js';

export interface ServersOptions {
  data: DataFolder;
  /** Where clients will reach the router. */
  url: string;
  /** False: fast and lost with the machine, for tests. */
  isDurable: boolean;
  progress: Progress;
  /** Told of each server as soon as it runs, so that it can be stopped whatever happens next. */
  onPart: (name: string, part: Part) => void;
}

export interface Servers {
  natsUrl: string;
  /** Without user and password. */
  databaseServer: string;
}

/** Makes keys, starts nats-server and PostgreSQL, and prepares both. */
export const startServers = async ({
  data,
  url,
  isDurable,
  progress,
  onPart,
}: ServersOptions): Promise<Servers> => {
  const { NATS_URL, NATS_SERVER_URL } = readTestkitConfig();
  const foreign = NATS_SERVER_URL ?? NATS_URL;
  const ports = await data.ports();
  await progress.step('Keys and credentials', () =>
    provision('keys', data, { NATS_PORT: String(ports.nats), PUBLIC_URL: url }),
  );
  const postgres = async (): Promise<void> => {
    const password = await data.secret('postgres', 'superuser.password');
    const options = { directory: data.in('postgres'), port: ports.postgres, password, isDurable };
    onPart('postgres', await Postgres.start({ ...options, logFile: data.logFile('postgres') }));
  };
  const broker = async (): Promise<void> => {
    const configFile = data.in('nats', 'nats.conf');
    const log = (line: string): void => progress.note(line);
    const options = { configFile, port: ports.nats, logFile: data.logFile('nats'), log };
    onPart('nats', await BrokerServer.start(options));
  };
  // Both to the end, also when one fails: what runs must be known to be stopped.
  const started = await Promise.allSettled([
    progress.step('PostgreSQL', postgres),
    foreign ? progress.note(`using the broker at ${foreign}`) : progress.step('NATS', broker),
  ]);
  for (const each of started) if (each.status === 'rejected') throw each.reason;
  const natsUrl = foreign ?? `nats://127.0.0.1:${ports.nats}`;
  const databaseServer = `postgres://127.0.0.1:${ports.postgres}/ganglion`;
  const env = { NATS_URL: natsUrl, DATABASE_URL: databaseServer.replace('//', '//postgres@') };
  await progress
    .step('Tables and streams', () => provision('servers', data, env))
    .catch((error: unknown) => {
      if (!foreign) throw error;
      const remedy = `start it with "nats-server -c ${data.in('nats', 'nats.conf')}", or unset NATS_URL`;
      throw new Error(`The broker at ${foreign} does not serve this network: ${remedy}.\n${String(error)}`);
    });
  return { natsUrl, databaseServer };
};
