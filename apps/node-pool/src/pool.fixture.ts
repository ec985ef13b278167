import { createHash, randomUUID } from 'node:crypto';
import { manifestDigest } from '@ganglion/commitment';
import type { Declaration, InputOf, nodePool, Verdict } from '@ganglion/contracts';
import type { PrismaClient } from '@ganglion/database/node-pool';
import { Clock } from '@ganglion/runtime';
import { type TestDatabase, testDatabase } from '@ganglion/testkit';
import { encodeAccount } from '@nats-io/jwt';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';
import { Logger } from '@nestjs/common';
import { CandidateStore } from './candidate.store.js';
import { CredentialService } from './credential.service.js';
import { Credentials } from './credentials.js';
import { DueService } from './due.service.js';
import { FoundingStore, type NewToken } from './founding.store.js';
import { joinMessage } from './join-proof.js';
import { JoinService } from './join.service.js';
import { JoinStore } from './join.store.js';
import { LoaderStore } from './loader.store.js';
import { ModelStore } from './model.store.js';
import { NodePoolConfig, type NodeRules } from './node-pool.config.js';
import { NodeService } from './node.service.js';
import { NodeStore } from './node.store.js';
import { OperatorService } from './operator.service.js';
import { PoolDatabase, PoolOutbox } from './pool-database.store.js';
import { PopulationStore } from './population.store.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { RevocationService } from './revocation.service.js';
import { SelectionService } from './selection.service.js';
import { SilenceService } from './silence.service.js';
import { SweepService } from './sweep.service.js';
import { SystemAccount } from './system-account.service.js';

/** A clock that stands still until it is moved. */
class SteppedClock extends Clock {
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
export const replica = (
  database: PoolDatabase,
  clock: Clock,
  credentials: Credentials,
  rules: Partial<NodeRules> = {},
) => {
  const outbox = new PoolOutbox({
    client: database.client,
    clock,
    holder: randomUUID(),
    publish: async () => {},
  });
  const nodeStore = new NodeStore(database, outbox, clock);
  const founding = new FoundingStore(database);
  const secrets = {
    systemCreds: '',
    firstJoinTokenHash: undefined,
    minerSigningSeed: '',
    operatorSigningSeed: '',
    accountJwt: '',
  };
  const config = new NodePoolConfig('', { urls: [], minerUrls: ['nats://broker:4222'] }, secrets, {
    servingTestMs: 0,
    ...rules,
  });
  const credential = new CredentialService(nodeStore, credentials, config, clock);
  const presenceStore = new PresenceStore(database);
  const system = new SystemAccount({ servers: [], creds: '', account: credentials.account });
  const presence = new PresenceService(nodeStore, presenceStore, system, clock);
  const revocations = new RevocationService(nodeStore, credentials, system, clock);
  const populations = new PopulationStore(database, clock);
  const loaders = new LoaderStore(database, clock);
  const due = new DueService(presenceStore, config, clock);
  return {
    due,
    nodeStore,
    founding,
    credential,
    presence,
    joins: new JoinService(founding, new JoinStore(database, outbox, clock), credential, clock),
    revocations,
    nodes: new NodeService(nodeStore, new ModelStore(database), populations, revocations),
    operators: new OperatorService(nodeStore, revocations, presenceStore),
    loaders,
    selection: new SelectionService(new CandidateStore(database), loaders, populations),
    sweeps: new SweepService(
      new SilenceService(nodeStore, presenceStore, presence, clock),
      due,
      presenceStore,
      clock,
    ),
  };
};

/** A node's key, and parts of its request that differ from the usual. */
type Joining = { key?: KeyPair } & Partial<Pick<InputOf<typeof nodePool.join>, 'token' | 'declared'>>;

/** A pool on a database of its own, with one replica; more can be made with `replica`. */
export class TestPool implements AsyncDisposable {
  readonly clock = new SteppedClock();
  readonly database: PoolDatabase;
  readonly services: ReturnType<typeof replica>;

  private constructor(
    private readonly test: TestDatabase<PrismaClient>,
    readonly credentials: Credentials,
    rules: Partial<NodeRules>,
  ) {
    this.database = new PoolDatabase(test.client);
    this.services = replica(this.database, this.clock, credentials, rules);
  }

  static async open(rules: Partial<NodeRules> = {}): Promise<TestPool> {
    Logger.overrideLogger(false);
    const credentials = new Credentials(await credentialSecrets());
    const pool = new TestPool(await testDatabase('node-pool'), credentials, rules);
    await pool.addToken('gt_first', { mayRegisterModels: true });
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }

  addToken(token: string, more: Partial<NewToken> = {}): Promise<void> {
    return this.services.founding.ensureToken({
      hash: createHash('sha256').update(token).digest('hex'),
      owner: null,
      mayRegisterModels: false,
      maxNodes: 100,
      createdAt: this.clock.now(),
      expiresAt: new Date(this.clock.ms() + 86_400_000),
      ...more,
    });
  }

  /** A signed request to join; `more` replaces parts of it after the signing. */
  async request(key: KeyPair, more: Partial<InputOf<typeof nodePool.join>> = {}) {
    const { nonce } = await this.services.joins.nonce();
    const signature = Buffer.from(key.sign(joinMessage(nonce))).toString('hex');
    const input = { nodeId: key.getPublicKey(), token: 'gt_first', nonce, signature, declared: declared() };
    return { ...input, ...more };
  }

  /** Lets a new node in (or one with this key) and has it speak; answers its id. */
  async joined({ key = createUser(), ...more }: Joining = {}): Promise<string> {
    await this.services.joins.join(await this.request(key, more));
    await this.services.presence.heartbeat(key.getPublicKey());
    return key.getPublicKey();
  }

  /** A node that has passed a test. */
  async tested(options: Joining = {}): Promise<string> {
    const nodeId = await this.joined(options);
    await this.services.nodes.judge(this.verdict(nodeId, true), randomUUID());
    return nodeId;
  }

  /** A verdict as of now; a failed one tells of a wrong answer. */
  verdict(nodeId: string, passed: boolean): Verdict {
    return {
      roundId: randomUUID(),
      nodeId,
      taskId: randomUUID(),
      passed,
      reason: passed ? { code: 'passed', message: 'passed' } : { code: 'wrong_answer', message: 'not Tokyo' },
      phases: { start: true, precommit: true, commit: true, correctness: passed },
      measured: { ttftMs: 20, tokensPerSecond: 100, durationMs: 200 },
      at: this.clock.now().toISOString(),
    };
  }

  async states(nodeId: string): Promise<string[]> {
    return (await this.services.nodes.get(nodeId)).history.map(({ state }) => state);
  }

  /** What was said of a node, in order: subjects and payloads. */
  async said(nodeId: string): Promise<{ subject: string; payload: Record<string, unknown> }[]> {
    const rows = await this.database.client.event.findMany({
      where: { entityId: nodeId, subject: { not: null } },
      orderBy: { sequence: 'asc' },
    });
    return rows.map(({ subject, payload }) => ({
      subject: subject ?? '',
      payload: payload as Record<string, unknown>,
    }));
  }
}
