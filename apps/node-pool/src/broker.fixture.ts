import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboxPrefix, minerResponse, minerTemplate } from '@ganglion/contracts';
import { BrokerServer, freePort } from '@ganglion/testkit';
import {
  type Account,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
  newScopedSigner,
} from '@nats-io/jwt';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';
import { connect, jwtAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { Credentials } from './credentials.js';
import { SystemAccount } from './system-account.service.js';

const unlimited = {
  conn: -1,
  data: -1,
  subs: -1,
  payload: -1,
  exports: -1,
  imports: -1,
  wildcards: true,
  leaf: -1,
};
const seedOf = (key: KeyPair): string => new TextDecoder().decode(key.getSeed());

/** A real nats-server with an account for miners, and what node-pool needs to govern it. */
export class TestBroker implements AsyncDisposable {
  readonly #connections: NatsConnection[] = [];

  private constructor(
    private readonly folder: string,
    private readonly server: BrokerServer,
    readonly credentials: Credentials,
    private readonly systemCreds: string,
  ) {}

  static async start(): Promise<TestBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'ganglion-node-pool-'));
    const [operator, system, account, miners] = [
      createOperator(),
      createAccount(),
      createAccount(),
      createAccount(),
    ];
    const signer = { signer: operator };
    const scope = newScopedSigner(miners, 'miner', {
      pub: { allow: [...minerTemplate.publish] },
      sub: { allow: [...minerTemplate.subscribe] },
      resp: { max: minerResponse.max, ttl: minerResponse.ttlMs * 1_000_000 },
    });
    const claims: Partial<Account> = { limits: unlimited, signing_keys: [scope] };
    const accountJwt = await encodeAccount('GANGLION', account, claims, signer);
    const systemJwt = await encodeAccount('SYS', system, { limits: unlimited }, signer);
    const operatorJwt = await encodeOperator('test', operator, { system_account: system.getPublicKey() });
    const port = await freePort();
    const configFile = join(folder, 'nats.conf');
    await writeFile(
      configFile,
      `host: 127.0.0.1
port: ${port}
operator: ${operatorJwt}
system_account: ${system.getPublicKey()}
resolver { type: full, dir: ${JSON.stringify(join(folder, 'jwt'))} }
resolver_preload { ${system.getPublicKey()}: ${systemJwt}, ${account.getPublicKey()}: ${accountJwt} }
`,
    );
    const server = await BrokerServer.start({ configFile, port, logFile: join(folder, 'nats.log') });
    const user = createUser();
    const creds = fmtCreds(await encodeUser('node-pool-system', user, system), user);
    const credentials = new Credentials({
      minerSigningSeed: seedOf(miners),
      operatorSigningSeed: seedOf(operator),
      accountJwt,
    });
    return new TestBroker(folder, server, credentials, new TextDecoder().decode(creds));
  }

  /** Node-pool's ear and hand at the system account, not yet listening. */
  systemAccount(): SystemAccount {
    return new SystemAccount({
      servers: [this.server.url],
      creds: this.systemCreds,
      account: this.credentials.account,
    });
  }

  /** A connection of a miner with a credential fresh from the mint; one that is cut stays so. */
  async connectMiner(key: KeyPair): Promise<NatsConnection> {
    const { jwt } = await this.credentials.mint(key.getPublicKey(), new Date());
    const nats = await connect({
      servers: this.server.url,
      authenticator: jwtAuthenticator(jwt, key.getSeed()),
      inboxPrefix: inboxPrefix(key.getPublicKey()),
      reconnect: false,
    });
    this.#connections.push(nats);
    return nats;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
