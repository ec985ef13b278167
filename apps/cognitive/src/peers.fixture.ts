import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttemptState,
  type CreateJob,
  Fault,
  type InputOf,
  type Job,
  jobs,
  nodePool,
  type OutputOf,
  type PrepareJob,
  type Request,
  type ScoreJob,
  sessionQueue,
  type TaskShape,
  type TaskSubmitted,
  type TaskView,
} from '@ganglion/contracts';
import { Bus, connectBus, encodeFault } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { BrokerServer, freePort } from '@ganglion/testkit';

/** The determinism class of the spec's nodes. */
export const CLASS = 'of the spec';

/** A clock that the spec moves. */
export class MovedClock extends Clock {
  #ms = Date.parse('2030-01-01T00:00:00.000Z');

  override ms(): number {
    return this.#ms;
  }

  move(ms: number): void {
    this.#ms += ms;
  }
}

/** A real nats-server, and at its other end the modules that cognitive asks, played by the spec. */
export class Peers implements AsyncDisposable {
  /** What the queue was given and asked, in order. */
  readonly enqueued: TaskSubmitted[] = [];
  readonly revealed: string[] = [];
  readonly cancelled: string[] = [];
  due: { model: string; modelDigest: string; nodeIds: string[] } | null = null;
  isQueueThere = true;
  /** What the queue says of a task that is audited: its receipt, or a fault. */
  readonly receipts = new Map<string, unknown>();
  /** What it says of the attempts at a task; without a word of the spec, its node has had it for ever. */
  readonly attempts = new Map<string, { state: AttemptState; offeredAt: string }[]>();
  /** Whom the pool names for audits. */
  verifiers: OutputOf<typeof nodePool.findVerifiers>['verifiers'] = [];
  /** What users' tasks look like. */
  shapes: TaskShape[] = [];
  /** Whom the pool names for tests; the participants are of the class of the first. */
  examiners: OutputOf<typeof nodePool.findExaminers>['examiners'] = [];
  /** Participants of another class than the spec's. */
  readonly foreign = new Map<string, string>();
  /** Of each participant. */
  slots = 1;
  /** The jobs of creators and preparers, in order. */
  readonly created: { nodeId: string; job: CreateJob }[] = [];
  readonly prepared: { nodeId: string; job: PrepareJob }[] = [];
  /** What nodes were ordered to score, in order, and the fault with which each of them refuses. */
  readonly ordered: { nodeId: string; job: ScoreJob }[] = [];
  readonly refusals = new Map<string, Fault>();

  private constructor(
    private readonly folder: string,
    private readonly server: BrokerServer,
    readonly bus: Bus,
    private readonly others: Bus,
  ) {}

  static async start(): Promise<Peers> {
    const folder = await mkdtemp(join(tmpdir(), 'ganglion-cognitive-'));
    const port = await freePort();
    const configFile = join(folder, 'nats.conf');
    await writeFile(configFile, `listen: 127.0.0.1:${port}\n`);
    const server = await BrokerServer.start({ configFile, port, logFile: join(folder, 'nats.log') });
    const connect = (name: string) => connectBus({ servers: server.url, name });
    const peers = new Peers(folder, server, await connect('cognitive'), await connect('peers'));
    await peers.listen();
    return peers;
  }

  forget(): void {
    this.enqueued.length = this.revealed.length = this.cancelled.length = 0;
    this.ordered.length = this.created.length = this.prepared.length = 0;
    this.shapes = [];
    this.examiners = [];
    this.foreign.clear();
    this.verifiers = [];
    this.receipts.clear();
    this.attempts.clear();
    this.refusals.clear();
    this.due = null;
    this.slots = 1;
    this.isQueueThere = true;
  }

  private async listen(): Promise<void> {
    const { enqueue, reveal, cancel } = sessionQueue;
    this.answer(enqueue, (task: TaskSubmitted) => {
      this.enqueued.push(task);
      return { taskId: task.taskId, state: 'QUEUED', position: 1 };
    });
    this.answer(reveal, ({ taskId }: InputOf<typeof reveal>) => {
      this.revealed.push(taskId);
      return { taskId, state: 'REVEALING' };
    });
    this.answer(cancel, ({ taskId }: InputOf<typeof cancel>) => {
      this.cancelled.push(taskId);
      return { taskId, state: 'CANCELLED' };
    });
    this.answer(sessionQueue.get, ({ taskId }: { taskId: string }) => this.viewOf(taskId));
    this.answer(nodePool.sweep, () => ({
      due: this.due ? [{ ...this.due, challenges: [] }] : [],
      probe: [],
    }));
    this.answer(sessionQueue.receipt, ({ taskId }: { taskId: string }) => {
      const found = this.receipts.get(taskId) ?? new Fault('CONFLICT', 'no receipt', { state: 'STREAMING' });
      return found instanceof Fault ? found : { receipt: found };
    });
    this.answer(nodePool.findVerifiers, () => ({
      model: { id: 'tiny', quantisation: 'int8' },
      determinismClass: 'of the spec',
      verifiers: this.verifiers,
    }));
    this.answer(sessionQueue.shapes, () => ({ shapes: this.shapes }));
    this.answer(nodePool.findExaminers, ({ nodeIds }: InputOf<typeof nodePool.findExaminers>) => ({
      contextLength: 512,
      participants: nodeIds.map((nodeId) => ({
        nodeId,
        determinismClass: this.foreign.get(nodeId) ?? CLASS,
        slots: this.slots,
      })),
      examiners: this.examiners.filter(({ nodeId }) => !nodeIds.includes(nodeId)),
    }));
    this.answer(jobs.create, (job: CreateJob, nodeId) => {
      this.created.push({ nodeId, job });
      return this.refusals.get(nodeId) ?? { accepted: true };
    });
    this.answer(jobs.prepare, (job: PrepareJob, nodeId) => {
      this.prepared.push({ nodeId, job });
      return this.refusals.get(nodeId) ?? { accepted: true };
    });
    this.answer(jobs.score, (job: ScoreJob, nodeId) => {
      this.ordered.push({ nodeId, job });
      return this.refusals.get(nodeId) ?? { accepted: true };
    });
    await this.others.nats.flush();
  }

  private viewOf(taskId: string): Partial<TaskView> {
    const unanswered = { silent: false, determinismClass: CLASS, answer: null, reason: null, endedAt: null };
    const offeredLongAgo = { state: 'ACKED' as const, offeredAt: '2000-01-01T00:00:00.000Z' };
    const { nodeId = '', submittedAt = '' } = this.enqueued.find((task) => task.taskId === taskId) ?? {};
    return {
      ...{
        taskId,
        sessionId: null,
        owner: null,
        state: 'STREAMING',
        reason: null,
        model: 'tiny',
        redundancy: 1,
      },
      ...{ submittedAt, endedAt: null, position: 0, etaMs: null, history: [], result: null },
      attempts: (this.attempts.get(taskId) ?? [offeredLongAgo]).map((known, at) => ({
        ...{ ...unanswered, ...known, attempt: at + 1, nodeId: nodeId ?? '', history: [] },
      })),
    };
  }

  /** Answers with what `handle` gives, or refuses with the fault that it gives. */
  private answer<I>(message: Request | Job, handle: (input: I, nodeId: string) => unknown): void {
    this.others.nats.subscribe(message.subject, {
      callback: (_error, msg) => {
        const isAway = message.subject.startsWith('req.session-queue.') && !this.isQueueThere;
        const said = isAway
          ? new Fault('UNAVAILABLE', 'the database is away')
          : handle(msg.json() as I, msg.subject.split('.')[1] ?? '');
        if (!(said instanceof Fault)) return void msg.respond(JSON.stringify(said));
        const { data, options } = encodeFault(said);
        msg.respond(data, options);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close();
    await this.others.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
