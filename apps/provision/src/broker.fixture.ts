import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModuleName } from '@ganglion/contracts';
import { BrokerServer, eventually, freePort } from '@ganglion/testkit';
import { encodeUser, type User } from '@nats-io/jwt';
import { createUser, fromPublic, fromSeed, type KeyPair } from '@nats-io/nkeys';
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  jwtAuthenticator,
  type NatsConnection,
  PermissionViolationError,
} from '@nats-io/transport-node';
import { provideStreams } from './broker.js';
import { provideKeys } from './keys.js';

export interface Miner {
  nats: NatsConnection;
  id: string;
  user: KeyPair;
}

/** A real nats-server with the keys, permissions and streams that provision makes. */
export class ProvisionedBroker implements AsyncDisposable {
  readonly #open: NatsConnection[] = [];

  private constructor(
    readonly folder: string,
    readonly server: BrokerServer,
  ) {}

  static async start(): Promise<ProvisionedBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'ganglion-provision-'));
    const port = await freePort();
    const configFile = join(folder, 'nats.conf');
    await provideKeys({
      secrets: join(folder, 'secrets'),
      brokerConfigFile: configFile,
      broker: {
        host: '127.0.0.1',
        port,
        storeDir: join(folder, 'jetstream'),
        resolverDir: join(folder, 'jwt'),
      },
      publicUrl: 'http://127.0.0.1:8080',
    });
    const server = await BrokerServer.start({ configFile, port, logFile: join(folder, 'nats.log') });
    const broker = new ProvisionedBroker(folder, server);
    await provideStreams(await broker.asModule('provision'));
    return broker;
  }

  path(...parts: string[]): string {
    return join(this.folder, 'secrets', ...parts);
  }

  async secret(...parts: string[]): Promise<string> {
    return (await readFile(this.path(...parts), 'utf8')).trim();
  }

  async seed(...parts: string[]): Promise<KeyPair> {
    return fromSeed(new TextEncoder().encode(await this.secret(...parts)));
  }

  async connect(options: ConnectionOptions): Promise<NatsConnection> {
    const nats = await connect({ servers: this.server.url, reconnect: false, timeout: 5_000, ...options });
    this.#open.push(nats);
    return nats;
  }

  async asModule(name: ModuleName | 'provision', file = 'nats.creds'): Promise<NatsConnection> {
    const creds = await readFile(this.path(name, file));
    return this.connect({ inboxPrefix: `_INBOX.${name}`, authenticator: credsAuthenticator(creds) });
  }

  /** A credential as node-pool mints it; `claims` are what a dishonest holder of the key would add. */
  async minerJwt(user: KeyPair, claims: Partial<User> = {}): Promise<string> {
    const id = user.getPublicKey();
    const account = fromPublic(await this.secret('node-pool', 'account.public'));
    const signer = await this.seed('node-pool', 'miner-signing.seed');
    return encodeUser(id, fromPublic(id), account, claims, { scopedUser: true, signer });
  }

  async asMiner(user = createUser()): Promise<Miner> {
    const id = user.getPublicKey();
    const authenticator = jwtAuthenticator(await this.minerJwt(user), user.getSeed());
    return { nats: await this.connect({ inboxPrefix: `_INBOX.${id}`, authenticator }), id, user };
  }

  async closeConnections(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((nats) => nats.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeConnections();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The subjects of this connection that the server refuses, as it tells them. */
export const watchRefusals = (nats: NatsConnection): string[] => {
  const refused: string[] = [];
  void (async () => {
    for await (const status of nats.status())
      if (status.type === 'error' && status.error instanceof PermissionViolationError)
        refused.push(`${status.error.operation} ${status.error.subject}`);
  })();
  return refused;
};

/** Tries each subject and returns those that the server refused. */
export const refusedOf = async (
  nats: NatsConnection,
  { publish = [], subscribe = [] }: { publish?: readonly string[]; subscribe?: readonly string[] },
): Promise<string[]> => {
  const refused = watchRefusals(nats);
  for (const subject of publish) nats.publish(subject, 'x');
  for (const subject of subscribe) nats.subscribe(subject, { callback: () => {} });
  await nats.flush();
  // The refusals came before the answer to the flush; this last one shows that the watch has passed them all on.
  nats.publish('the.last', 'x');
  await eventually(() => refused.includes('publish the.last'));
  return refused.filter((each) => each !== 'publish the.last').map((each) => each.split(' ')[1] as string);
};
