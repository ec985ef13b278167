import { join } from 'node:path';
import { inboxPrefix } from '@ganglion/contracts';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { renewAccount } from './account-renewal.js';
import { provideStreams } from './broker.js';
import { keepBrokerIdentity } from './broker-identity.js';
import { provideDatabase } from './database.store.js';
import { readSecret } from './secret-file.js';
import { waitFor } from './wait-for.js';

export interface ServersSettings {
  /** The folder with one folder of secrets per module. */
  secrets: string;
  natsServers: string[];
  /** PostgreSQL as its superuser; the password comes from the secrets. */
  databaseUrl: string;
  waitMs: number;
}

/** Prepares the running servers: database, roles, migrations, streams, durables, buckets. Idempotent. */
export const provideServers = async (settings: ServersSettings): Promise<void> => {
  await Promise.all([provideBroker(settings), provideDatabase(settings)]);
};

/** The broker's part alone. */
export const provideBroker = async ({
  secrets,
  natsServers,
  waitMs,
}: Omit<ServersSettings, 'databaseUrl'>): Promise<void> => {
  const creds = await readSecret(join(secrets, 'provision', 'nats.creds'));
  if (!creds) throw new Error(`${secrets}/provision/nats.creds is missing: run "provision keys" first`);
  const nats = await waitFor(`the broker at ${natsServers.join(', ')}`, waitMs, () =>
    connectAsProvision(natsServers, creds),
  );
  try {
    await renewAccount(natsServers, await keepBrokerIdentity(secrets), secrets);
    await provideStreams(nats);
  } finally {
    await nats.close();
  }
};

const connectAsProvision = (servers: string[], creds: string): Promise<NatsConnection> =>
  connect({
    servers,
    name: 'provision',
    inboxPrefix: inboxPrefix('provision'),
    authenticator: credsAuthenticator(new TextEncoder().encode(`${creds}\n`)),
    timeout: 2_000,
  });
