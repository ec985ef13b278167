import { Clock } from '@ganglion/runtime';
import { type TestDatabase, testDatabase } from '@ganglion/testkit';
import type { PrismaClient } from '@ganglion/database/session-queue';
import { answer, submitted } from './an-answer.fixture.js';
import { AssignmentStore } from './assignment.store.js';
import { CommitStore } from './commit.store.js';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { type Claim, DispatchStore } from './dispatch.store.js';
import { JudgementStore } from './judgement.store.js';
import { SweepStore } from './sweep.store.js';
import { TaskStore } from './task.store.js';
import { WaitingStore } from './waiting.store.js';

const reason = { code: 'test', message: 'a test' };

describe('the queue’s rows', () => {
  let db: TestDatabase<PrismaClient>;
  let database: QueueDatabase;
  let stores: ReturnType<typeof makeStores>;

  const makeStores = () => {
    const clock = new Clock();
    const { client } = database;
    const outbox = new QueueOutbox({ client, publish: async () => {}, clock, holder: 'spec' });
    const args = [database, outbox, clock] as const;
    const waiting = new WaitingStore(...args);
    return {
      waiting,
      tasks: new TaskStore(...args, waiting),
      dispatch: new DispatchStore(...args),
      assignments: new AssignmentStore(...args),
      commits: new CommitStore(...args),
      judgements: new JudgementStore(...args),
      sweeps: new SweepStore(...args),
    };
  };

  beforeEach(async () => {
    db = (await testDatabase('session-queue')) as TestDatabase<PrismaClient>;
    database = new QueueDatabase(db.url);
    stores = makeStores();
  });
  afterEach(async () => {
    await database.onApplicationShutdown();
    await db[Symbol.asyncDispose]();
  });

  const dispatched = async () => {
    const task = submitted();
    const honest = answer(task, 1);
    await stores.tasks.insert(task, honest.requestDigest);
    await stores.assignments.assign(task.sessionId!, [
      { nodeId: honest.nodeId, slots: 1, tokensPerSecond: 50 },
    ]);
    const claim = (await stores.dispatch.claim({ sessionId: task.sessionId! })) as Claim;
    return { task, honest, claim, lane: { sessionId: task.sessionId! } };
  };
  const precommitted = async () => {
    const made = await dispatched();
    const { task, honest } = made;
    const found = (await stores.commits.find({ taskId: task.taskId, attempt: 1, nodeId: honest.nodeId }))!;
    const { precommit, signature } = honest;
    const next = await stores.commits.precommit(found, { precommit, signature });
    return { ...made, next, found: (await stores.commits.findLast(task.taskId))! };
  };
  const accepted = { result: {}, receipt: {}, texts: ['Tokyo'], promptTokens: 9, completionTokens: 3 };
  const states = async (taskId: string) =>
    (await stores.tasks.view(taskId)).history.map(({ state }) => state);

  it('show every state of an answered task in order, though messages overtook one another', async () => {
    const { task, found, next } = await precommitted();
    expect(next).toBe('reveal');
    expect(await stores.judgements.accept(found, accepted)).toBe('FINALISED');
    expect(await states(task.taskId)).toEqual([
      'QUEUED',
      'DISPATCHED',
      'STREAMING',
      'PRECOMMITTED',
      'REVEALING',
      'FINALISED',
    ]);
    const { attempts } = await stores.tasks.view(task.taskId);
    expect(attempts[0]!.history.map(({ state }) => state)).toEqual([
      'OFFERED',
      'ACKED',
      'STREAMING',
      'PRECOMMITTED',
      'COMMITTED',
      'ACCEPTED',
    ]);
  });

  it('end a task once, whoever comes second', async () => {
    const { found } = await precommitted();
    const ends = await Promise.all([
      stores.judgements.accept(found, accepted),
      stores.judgements.accept(found, accepted),
    ]);
    expect(ends.filter((end) => end !== null)).toEqual(['FINALISED']);
    const said = await db.client.event.count({ where: { subject: 'evt.session-queue.task-finalised' } });
    expect(said).toBe(1);
    expect(await stores.judgements.reject(found, reason)).toBeNull();
  });

  it('take a task in once', async () => {
    const task = submitted();
    expect(await stores.tasks.insert(task, 'd')).toBe(true);
    expect(await stores.tasks.insert(task, 'd')).toBe(false);
    expect(await states(task.taskId)).toEqual(['QUEUED']);
  });

  it('give one slot to one of two replicas', async () => {
    const { honest } = await dispatched();
    const other = submitted();
    const sessionId = (await db.client.assignment.findFirstOrThrow()).sessionId;
    await stores.tasks.insert({ ...other, sessionId }, honest.requestDigest);
    expect(await stores.dispatch.claim({ sessionId })).toBe('no-slot');
  });

  it('tell each waiting task its place and when its turn comes', async () => {
    const { task, lane } = await dispatched();
    const waiting = [submitted(lane), submitted(lane)];
    for (const one of waiting) await stores.tasks.insert(one, 'd');
    expect(await stores.tasks.placed(task.taskId)).toEqual({ state: 'DISPATCHED', position: 0 });
    expect(await stores.tasks.placed(waiting[1]!.taskId)).toEqual({ state: 'QUEUED', position: 2 });
    const { expectedTokens } = await db.client.task.findUniqueOrThrow({ where: { id: task.taskId } });
    const places = await stores.waiting.places(lane.sessionId);
    expect(places.get(waiting[0]!.taskId)).toEqual({ position: 1, etaMs: expectedTokens * 20 });
    expect(places.get(waiting[1]!.taskId)).toEqual({ position: 2, etaMs: 2 * expectedTokens * 20 });
  });

  it('free the slot when the computation is done, though the task is not final', async () => {
    const { lane } = await precommitted();
    const next = submitted(lane);
    await stores.tasks.insert(next, 'd');
    expect(await stores.dispatch.claim(lane)).toMatchObject({ submitted: { taskId: next.taskId } });
  });

  it('put a refused task back, for another node', async () => {
    const { task, claim, lane } = await dispatched();
    await stores.dispatch.refused(claim, reason, { retryAfterMs: 0 });
    expect((await stores.tasks.view(task.taskId)).state).toBe('QUEUED');
    const { nodeId } = answer(task, 2);
    await stores.assignments.assign(lane.sessionId, [{ nodeId, slots: 1, tokensPerSecond: 50 }]);
    expect(await stores.dispatch.claim(lane)).toMatchObject({ nodeId, attempt: 2 });
  });

  it('prefer the node with the least outstanding work for its speed', async () => {
    const lane = { sessionId: submitted().sessionId! };
    const [fast, slow] = [answer(submitted(), 1).nodeId, answer(submitted(), 1).nodeId];
    await stores.assignments.assign(lane.sessionId, [
      { nodeId: fast, slots: 12, tokensPerSecond: 100 },
      { nodeId: slow, slots: 12, tokensPerSecond: 50 },
    ]);
    const taken: string[] = [];
    for (let index = 0; index < 12; index++) {
      await stores.tasks.insert(submitted(lane), 'd');
      taken.push(((await stores.dispatch.claim(lane)) as Claim).nodeId);
    }
    expect(taken.filter((nodeId) => nodeId === fast)).toHaveLength(8);
  });

  it('serve the key with the least in flight first', async () => {
    const lane = { sessionId: submitted().sessionId! };
    const { nodeId } = answer(submitted(), 1);
    await stores.assignments.assign(lane.sessionId, [{ nodeId, slots: 2, tokensPerSecond: 50 }]);
    const greedy = [submitted(lane), submitted(lane), submitted(lane)];
    for (const task of greedy) await stores.tasks.insert(task, 'd');
    const modest = submitted({ ...lane, owner: 'key-2' });
    await stores.tasks.insert(modest, 'd');
    const claims = [await stores.dispatch.claim(lane), await stores.dispatch.claim(lane)] as Claim[];
    expect(claims.map(({ submitted: { taskId } }) => taskId)).toEqual([greedy[0]!.taskId, modest.taskId]);
  });

  it('requeue a rejected attempt of which nothing was shown, and fail one that was shown', async () => {
    const hidden = await precommitted();
    expect(await stores.judgements.reject(hidden.found, reason)).toBe('QUEUED');
    const shown = await dispatched();
    await stores.dispatch.firstFrame(shown.claim);
    const found = (await stores.commits.findLast(shown.task.taskId))!;
    expect(await stores.judgements.reject(found, reason)).toBe('FAILED');
    expect((await stores.tasks.view(shown.task.taskId)).reason?.code).toBe('answer_rejected');
  });

  it('keep the slot of a lost attempt until its node is assigned again', async () => {
    const { honest, task, lane } = await dispatched();
    const found = (await stores.commits.findLast(task.taskId))!;
    expect(await stores.sweeps.lose(found, reason)).toMatchObject({ state: 'QUEUED' });
    expect(await stores.dispatch.claim(lane)).toBe('no-slot');
    expect(await db.client.slot.count({ where: { nodeId: honest.nodeId, attemptId: { not: null } } })).toBe(
      1,
    );
    await stores.sweeps.nodeGone(honest.nodeId, 'event-1', reason);
    await stores.assignments.assign(lane.sessionId, [
      { nodeId: honest.nodeId, slots: 1, tokensPerSecond: 50 },
    ]);
    expect(await stores.dispatch.claim(lane)).toMatchObject({ nodeId: honest.nodeId, attempt: 2 });
  });

  it('end a released assignment with its last attempt, and say so', async () => {
    const { found, lane, honest } = await precommitted();
    await stores.assignments.release(lane.sessionId, null, reason);
    expect((await stores.assignments.load([lane.sessionId]))[0]!.nodes).toMatchObject([
      { nodeId: honest.nodeId, ending: true },
    ]);
    await stores.judgements.accept(found, accepted);
    expect((await stores.assignments.load([lane.sessionId]))[0]!.nodes).toEqual([]);
    expect(await db.client.event.count({ where: { subject: 'evt.session-queue.assignment-ended' } })).toBe(1);
  });

  it('cancel a waiting task at once and a running one when its miner committed', async () => {
    const waiting = submitted();
    await stores.tasks.insert(waiting, 'd');
    expect(await stores.tasks.cancel(await stores.tasks.get(waiting.taskId), reason, 1_000)).toBe(
      'CANCELLED',
    );
    const { task, honest } = await dispatched();
    expect(await stores.tasks.cancel(await stores.tasks.get(task.taskId), reason, 1_000)).toBe('CANCELLING');
    const found = (await stores.commits.findLast(task.taskId))!;
    expect(
      await stores.commits.precommit(found, { precommit: honest.precommit, signature: honest.signature }),
    ).toBe('reveal');
    expect(await stores.judgements.accept((await stores.commits.findLast(task.taskId))!, accepted)).toBe(
      'CANCELLED',
    );
  });

  it('expire what was not answered by its deadline', async () => {
    const task = submitted({ expiresAt: new Date(Date.now() - 1).toISOString() });
    await stores.tasks.insert(task, 'd');
    expect(await stores.sweeps.endOverdue()).toMatchObject([{ taskId: task.taskId, state: 'EXPIRED' }]);
    expect(await stores.sweeps.endOverdue()).toEqual([]);
  });

  it('assemble a reveal from parts that come twice and in any order', async () => {
    const { found } = await precommitted();
    const part = (index: number, data: string) => ({ part: index, parts: 2, digest: 'd', data });
    expect(await stores.commits.keepPart(found.id, part(1, 'world'))).toBeNull();
    expect(await stores.commits.keepPart(found.id, part(1, 'world'))).toBeNull();
    expect(await stores.commits.keepPart(found.id, part(0, 'hello '))).toBe('hello world');
  });
});
