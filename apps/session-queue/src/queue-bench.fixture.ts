import type { TaskSubmitted } from '@ganglion/contracts';
import type { PrismaClient } from '@ganglion/database/session-queue';
import { Clock } from '@ganglion/runtime';
import { type TestDatabase, testDatabase } from '@ganglion/testkit';
import { answer, submitted } from './an-answer.fixture.js';
import { AssignmentStore } from './assignment.store.js';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { CancelStore } from './cancel.store.js';
import { type Claim, ClaimStore } from './claim.store.js';
import { DispatchStore } from './dispatch.store.js';
import { JudgementStore } from './judgement.store.js';
import { SweepStore } from './sweep.store.js';
import { TaskStore } from './task.store.js';
import { WaitingStore } from './waiting.store.js';

export const reason = { code: 'test', message: 'a test' };
const accepted = {
  verdict: 'accepted' as const,
  result: {},
  receipt: {},
  texts: ['Tokyo'],
  promptTokens: 9,
  completionTokens: 3,
};

const makeStores = (database: QueueDatabase) => {
  const clock = new Clock();
  const outbox = new QueueOutbox({ client: database.client, publish: async () => {}, clock, holder: 'spec' });
  const args = [database, outbox, clock] as const;
  const waiting = new WaitingStore(...args);
  return {
    waiting,
    tasks: new TaskStore(...args, waiting),
    claims: new ClaimStore(database, clock),
    dispatch: new DispatchStore(...args),
    cancels: new CancelStore(...args),
    assignments: new AssignmentStore(...args),
    commits: new CommitStore(...args),
    judgements: new JudgementStore(...args),
    sweeps: new SweepStore(...args),
  };
};

/** The queue's stores on a fresh database, and tasks brought to where a spec wants them. */
export class QueueBench implements AsyncDisposable {
  readonly stores: ReturnType<typeof makeStores>;

  private constructor(
    readonly db: TestDatabase<PrismaClient>,
    private readonly database: QueueDatabase,
  ) {
    this.stores = makeStores(database);
  }

  static async open(): Promise<QueueBench> {
    const db = (await testDatabase('session-queue')) as TestDatabase<PrismaClient>;
    return new QueueBench(db, new QueueDatabase(db.url));
  }

  /** A task that holds the one slot of the one node of its session. */
  async dispatched(over: Partial<TaskSubmitted> = {}) {
    const task = submitted(over);
    const honest = answer(task, 1);
    const lane = { sessionId: task.sessionId! };
    await this.stores.tasks.insert(task, honest.requestDigest);
    await this.assign(lane, honest.nodeId);
    const claim = (await this.stores.claims.claim(lane)) as Claim;
    return { task, honest, claim, lane };
  }

  /** The same, and its miner has bound itself to an answer. */
  async precommitted(over: Partial<TaskSubmitted> = {}) {
    const made = await this.dispatched(over);
    const { precommit, signature } = made.honest;
    const next = await this.stores.commits.precommit(await this.last(made.task.taskId), {
      precommit,
      signature,
    });
    return { ...made, next, found: await this.last(made.task.taskId) };
  }

  /** Gives a node to a session. */
  async assign({ sessionId }: { sessionId: string }, nodeId: string, over: object = {}): Promise<void> {
    const node = { nodeId, slots: 1, determinismClass: 'avx2', tokensPerSecond: 50, ...over };
    await this.stores.assignments.assign(sessionId, [node]);
  }

  accept(found: LiveAttempt) {
    return this.stores.judgements.accept(found.taskId, accepted, [
      { found, completionTokens: 3, isOutvoted: false },
    ]);
  }

  async last(taskId: string) {
    const row = await this.db.client.attempt.findFirst({
      where: { taskId },
      orderBy: { attempt: 'desc' },
      include: { task: true },
    });
    return row as unknown as LiveAttempt;
  }

  async states(taskId: string): Promise<string[]> {
    return (await this.stores.tasks.view(taskId)).history.map(({ state }) => state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.onApplicationShutdown();
    await this.db[Symbol.asyncDispose]();
  }
}
