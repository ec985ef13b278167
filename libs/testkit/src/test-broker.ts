import type { ModuleName } from '@ganglion/contracts';
import { BrokerServer } from './broker-server.js';
import { DataFolder } from './data-folder.js';
import { freePort } from './free-port.js';
import { provision } from './provision.js';

export interface TestBroker extends AsyncDisposable {
  readonly url: string;
  /** The folder of a module's secrets, as it gets it by SECRETS_DIR. */
  secretsDir(module: ModuleName | 'provision'): string;
  /** The text of a module's `nats.creds`. */
  credentials(module: ModuleName | 'provision'): Promise<string>;
  readonly server: BrokerServer;
}

/** A real nats-server with the network's keys, permissions, streams and durables: `await using broker = await testBroker()`. */
export const testBroker = async (): Promise<TestBroker> => {
  const data = await DataFolder.open();
  const port = await freePort();
  await provision('keys', data, { NATS_PORT: String(port) });
  const server = await BrokerServer.start({
    configFile: data.in('nats', 'nats.conf'),
    port,
    logFile: data.logFile('nats'),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await data.remove();
  };
  try {
    await provision('broker', data, { NATS_URL: server.url });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: server.url,
    secretsDir: (module) => data.secrets(module),
    credentials: (module) => data.secret(module, 'nats.creds'),
    server,
    [Symbol.asyncDispose]: stop,
  };
};
