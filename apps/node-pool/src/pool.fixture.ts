import { createHash, randomUUID } from 'node:crypto';
import { manifestDigest } from '@ganglion/commitment';
import type { Declaration, NodeState } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { testDatabase } from '@ganglion/testkit';
import { encodeAccount } from '@nats-io/jwt';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';
import { CandidateStore } from './candidate.store.js';
import { CredentialService } from './credential.service.js';
import { Credentials } from './credentials.js';
import { FoundingStore } from './founding.store.js';
import { joinMessage } from './join-proof.js';
import { JoinService } from './join.service.js';
import { JoinStore } from './join.store.js';
import { ModelStore } from './model.store.js';
import { NodePoolConfig } from './node-pool.config.js';
import { NodeService } from './node.service.js';
import { NodeStore } from './node.store.js';
import { PoolDatabase, PoolOutbox } from './pool-database.store.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { SweepService } from './sweep.service.js';
import { SystemAccount } from './system-account.js';

/** A clock that stands still until it is moved. */
export class SteppedClock extends Clock {
  #ms = 1_800_000_000_000;

  override ms(): number {
    return this.#ms;
  }

  step(ms: number): void {
    this.#ms += ms;
  }
}

const files = [{ path: 'config.json', bytes: 2, sha256: 'ab'.repeat(32) }];

export const declared = (model: Partial<Declaration['model']> = {}): Declaration => ({
  version: '0.1.0',
  slots: 2,
  determinismClass: 'ort-cpu',
  cpu: 'a processor',
  cores: 2,
  memoryBytes: 8_000_000_000,
  model: {
    id: 'tiny',
    digest: manifestDigest(model.files ?? files),
    contextLength: 512,
    quantisation: 'int8',
    defaults: { temperature: 1, topP: 1, topK: 0, maxTokens: 64 },
    files,
    challenges: [{ prompt: 'What is the capital of Japan?', answer: 'Tokyo', maxTokens: 8 }],
    ...model,
  },
});

const seedOf = (key: KeyPair): string => new TextDecoder().decode(key.getSeed());

const credentialSecrets = async () => {
  const [operatorSigning, account, minerSigning] = [createOperator(), createAccount(), createAccount()];
  return {
    minerSigningSeed: seedOf(minerSigning),
    operatorSigningSeed: seedOf(operatorSigning),
    accountJwt: await encodeAccount('GANGLION', account, {}, { signer: operatorSigning }),
  };
};

/** One replica's stores and services. */
export const replica = (database: PoolDatabase, clock: Clock, credentials: Credentials) => {
  const outbox = new PoolOutbox({ client: database.client, clock, holder: randomUUID(), publish: async () => {} });
  const nodeStore = new NodeStore(database, outbox, clock);
  const founding = new FoundingStore(database);
  const config = new NodePoolConfig('', [], ['nats://broker:4222'], {
    systemCreds: '',
    firstJoinTokenHash: undefined,
    minerSigningSeed: '',
    operatorSigningSeed: '',
    accountJwt: '',
  });
  const credential = new CredentialService(nodeStore, credentials, config, clock);
  const presenceStore = new PresenceStore(database);
  const system = new SystemAccount({ servers: [], creds: '', account: credentials.account });
  const presence = new PresenceService(nodeStore, presenceStore, system, clock);
  return {
    nodeStore,
    founding,
    credential,
    presence,
    joins: new JoinService(founding, new JoinStore(database, outbox, clock), credential, clock),
    nodes: new NodeService(nodeStore, new CandidateStore(database), new ModelStore(database)),
    sweeps: new SweepService(nodeStore, presenceStore, presence, clock),
  };
};

/** A pool on a database of its own. */
export class TestPool implements AsyncDisposable {
  static readonly token = 'gt_first';
  readonly clock: SteppedClock;

  private constructor(
    readonly database: PoolDatabase,
    readonly services: ReturnType<typeof replica>,
    private readonly credentials: Credentials,
    private readonly disposed: () => Promise<void>,
    clock: SteppedClock,
  ) {
    this.clock = clock;
  }

  static async open(): Promise<TestPool> {
    const test = await testDatabase('node-pool');
    const database = PoolDatabase.open(test.url);
    const clock = new SteppedClock();
    const credentials = new Credentials(await credentialSecrets());
    const dispose = async (): Promise<void> => {
      await database.client.$disconnect();
      await test[Symbol.asyncDispose]();
    };
    const services = replica(database, clock, credentials);
    const pool = new TestPool(database, services, credentials, dispose, clock);
    await pool.addToken(TestPool.token, { mayRegisterModels: true });
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disposed();
  }
}
