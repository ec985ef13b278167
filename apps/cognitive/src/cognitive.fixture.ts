import { randomBytes } from 'node:crypto';
import type { OutputOf, PayloadOf, Verdict, WorkSpan } from '@ganglion/contracts';
import { cognitive, sessionQueue } from '@ganglion/contracts';
import { Metrics } from '@ganglion/runtime';
import { type TestDatabase, testDatabase, type ClientOf } from '@ganglion/testkit';
import type { AuditConfig } from './audit.config.js';
import { type AuditParts, auditParts } from './audit.fixture.js';
import { CognitiveService } from './cognitive.service.js';
import { CognitiveDatabase, CognitiveOutbox } from './database.store.js';
import { HandingInService } from './handing-in.service.js';
import { HearingService } from './hearing.service.js';
import { LeaderStore } from './leader.store.js';
import { MovedClock, type Peers } from './peers.fixture.js';
import { OpeningService } from './opening.service.js';
import { ProbeStore } from './probe.store.js';
import { ProgressService } from './progress.service.js';
import { ProgressStore } from './progress.store.js';
import { RoleService } from './role.service.js';
import { RoleStore } from './role.store.js';
import { RoundStore } from './round.store.js';
import { ShapeService } from './shape.service.js';
import { SweepService } from './sweep.service.js';

export const oracle = { epoch: 5, oracleId: 'oracle-one' };
const model = { model: 'tiny', modelDigest: 'd'.repeat(64) };
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A random node id. */
export const newNode = (): string => `U${Array.from(randomBytes(55), (byte) => base32[byte % 32]).join('')}`;

/** The module's services on a database of their own; events are handed in by the spec, as the broker would. */
export class Cognitive implements AsyncDisposable {
  readonly rounds: RoundStore;
  readonly service: CognitiveService;
  readonly sweeps: SweepService;
  readonly hearing: HearingService;
  readonly opening: OpeningService;
  readonly handingIn: HandingInService;
  readonly metrics = new Metrics('spec');
  readonly audits: AuditParts;
  readonly probes: ProbeStore;
  readonly #own: CognitiveDatabase;

  private constructor(
    readonly peers: Peers,
    readonly db: TestDatabase<ClientOf<'cognitive'>>,
    private readonly config: AuditConfig,
    readonly clock = new MovedClock(),
  ) {
    this.#own = new CognitiveDatabase(db.url);
    const publish = (): Promise<void> => Promise.resolve();
    const outbox = new CognitiveOutbox(this.#own, { publish, clock: this.clock, holder: 'spec' });
    const leaders = new LeaderStore(this.#own, this.clock);
    this.rounds = new RoundStore(this.#own, outbox, leaders, this.clock);
    const roleStore = new RoleStore(this.#own, this.clock);
    const roles = new RoleService(roleStore, peers.bus, this.metrics);
    const progress = new ProgressService(
      new ProgressStore(this.#own, outbox, this.clock),
      roles,
      peers.bus,
      this.metrics,
    );
    this.handingIn = new HandingInService(roleStore, progress, this.metrics);
    this.opening = new OpeningService(this.rounds, roles, new ShapeService(peers.bus, this.clock));
    this.audits = auditParts({ database: this.#own, outbox, clock: this.clock, bus: peers.bus, config });
    this.sweeps = new SweepService(this.rounds, progress, this.audits.epochs, this.audits.service);
    this.service = new CognitiveService(this.rounds, leaders, this.sweeps, peers.bus);
    this.hearing = new HearingService(this.rounds, leaders, progress);
    this.probes = new ProbeStore(this.#own, outbox, leaders, this.clock);
  }

  /** Nothing is audited unless `config` says so. */
  static async on(peers: Peers, config: Partial<AuditConfig> = {}): Promise<Cognitive> {
    peers.forget();
    const audits = { baseRate: 0, epochMs: 60_000, tolerances: {}, keepDays: 90, ...config };
    return new Cognitive(peers, await testDatabase('cognitive'), audits);
  }

  open(nodeIds: string[], answer = '4', serving = false): Promise<OutputOf<typeof cognitive.open>> {
    const challenge = { prompt: 'What is 2 plus 2?', answer, maxTokens: 8 };
    return this.opening.open({ ...oracle, ...model, nodeIds, challenge, ...(serving ? { serving } : {}) });
  }

  /** A tick, and the sweep that goes beside it. */
  async tick(): Promise<OutputOf<typeof cognitive.tick>> {
    const answer = await this.service.tick(oracle);
    await this.sweeps.swept();
    return answer;
  }

  /** Opens a round and hands its tasks over: the task id of each node, in order. */
  async start(nodeIds: string[], answer?: string): Promise<{ roundId: string; tasks: string[] }> {
    const { round, tasks } = await this.open(nodeIds, answer);
    await this.tick();
    const taskOf = (nodeId: string): string => tasks.find((task) => task.nodeId === nodeId)!.taskId;
    return { roundId: round.roundId, tasks: nodeIds.map(taskOf) };
  }

  precommitted(taskId: string, eventId?: string): Promise<void> {
    const fact = { taskId, attempt: 1, nodeId: newNode(), sessionId: null, at: this.at() };
    return this.hearing.precommitted(fact, eventId);
  }

  finalised(taskId: string, text: string, eventId?: string): Promise<void> {
    return this.hearing.finalised(
      { ...this.ended(taskId), verdict: 'accepted', nodeIds: [], receipt: null, texts: [text] },
      eventId,
    );
  }

  failed(taskId: string, code: string, eventId?: string): Promise<void> {
    const reason = { code, message: 'as the spec wants it' };
    return this.hearing.failed({ ...this.ended(taskId), state: 'FAILED', reason }, eventId);
  }

  timed(
    taskId: string,
    nodeId: string,
    { epoch = oracle.epoch, span }: { epoch?: number; span?: WorkSpan } = {},
  ): Promise<unknown> {
    const measured = { ttftMs: 10, tokensPerSecond: 200, durationMs: 50 };
    return this.hearing.timed({ epoch, taskId, nodeId, measured, ...(span ? { span } : {}) });
  }

  private ended(taskId: string): Omit<PayloadOf<typeof sessionQueue.taskCancelled>, 'reason'> {
    return { taskId, sessionId: null, owner: null, at: this.at(), promptTokens: 3, completionTokens: 2 };
  }

  private at(): string {
    return this.clock.now().toISOString();
  }

  /** What was said to the other modules on a subject, in order. */
  async said(subject: string): Promise<unknown[]> {
    const rows = await this.db.client.event.findMany({ where: { subject }, orderBy: { sequence: 'asc' } });
    return rows.map(({ payload }) => payload);
  }

  verdicts(): Promise<Verdict[]> {
    return this.said(cognitive.verdictGiven.subject) as Promise<Verdict[]>;
  }

  async submissions(roundId: string): Promise<{ author: string; phase: string; hash: string | null }[]> {
    return this.db.client.submission.findMany({ where: { roundId }, orderBy: { id: 'asc' } });
  }

  listen(node: { nodeIds: string[] }): void {
    this.peers.due = { ...model, ...node };
  }

  /** Another replica: the same database, clock and peers. It is disposed of before this one. */
  replica(): Cognitive {
    const shared = { ...this.db, [Symbol.asyncDispose]: () => Promise.resolve() };
    return new Cognitive(this.peers, shared, this.config, this.clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sweeps.swept();
    await this.#own.client.$disconnect();
    await this.db[Symbol.asyncDispose]();
  }
}
