import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { databaseModules, modulePermissions, moduleNames } from '@ganglion/contracts';
import { type BrokerPlace, brokerConfig } from './broker-config.js';
import { keepBrokerIdentity } from './broker-identity.js';
import { provisionPermissions, systemPermissions } from './broker-permissions.js';
import { keepCredentials } from './broker-user.js';
import { provideFirstCredentials } from './first-credentials.js';
import { randomBase62 } from './random-secret.js';
import { keepSecret } from './secret-file.js';

export interface KeysSettings {
  /** The folder with one folder of secrets per module. */
  secrets: string;
  /** The file that nats-server is started with. */
  brokerConfigFile: string;
  broker: BrokerPlace;
  /** Where clients reach the router. */
  publicUrl: string;
}

/**
 * Makes every secret of the network and the broker's configuration, before any server runs. What is there is kept, so
 * this may run before each start.
 */
export const provideKeys = async (settings: KeysSettings): Promise<void> => {
  const { secrets } = settings;
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  await chmod(secrets, 0o700);
  await provideBroker(settings);
  await provideDatabasePasswords(secrets);
  await keepSecret(join(secrets, 'session-queue', 'network.key'), () => randomBytes(32).toString('hex'));
  await keepSecret(join(secrets, 'router', 'cookie.secret'), () => randomBytes(32).toString('hex'));
  await provideFirstCredentials(secrets, settings.publicUrl);
};

const provideBroker = async ({ secrets, brokerConfigFile, broker }: KeysSettings): Promise<void> => {
  const identity = await keepBrokerIdentity(secrets);
  for (const module of moduleNames) {
    const path = join(secrets, module, 'nats.creds');
    await keepCredentials(path, module, modulePermissions(module), identity.account);
  }
  const own = join(secrets, 'provision', 'nats.creds');
  await keepCredentials(own, 'provision', provisionPermissions, identity.account);
  const rights = systemPermissions(identity.account.getPublicKey());
  const system = join(secrets, 'node-pool', 'system.creds');
  await keepCredentials(system, 'node-pool-system', rights, identity.systemAccount);
  // Unlike everything else here the configuration holds nothing secret, and the server may run as another user.
  await mkdir(dirname(brokerConfigFile), { recursive: true });
  // A name of its own: two runs at once must not rename one another's file.
  const fresh = `${brokerConfigFile}.${randomUUID()}`;
  await writeFile(fresh, brokerConfig(identity, broker), { mode: 0o644 });
  await rename(fresh, brokerConfigFile);
};

const provideDatabasePasswords = async (secrets: string): Promise<void> => {
  await keepSecret(join(secrets, 'postgres', 'superuser.password'), () => randomBase62(32));
  await keepSecret(join(secrets, 'provision', 'migrator.password'), () => randomBase62(32));
  for (const module of databaseModules)
    await keepSecret(join(secrets, module, 'database.password'), () => randomBase62(32));
};
