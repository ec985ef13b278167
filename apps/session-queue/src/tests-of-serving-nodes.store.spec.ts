import { answer, submitted } from './an-answer.fixture.js';
import type { Claim } from './claim.store.js';
import { QueueBench, reason } from './queue-bench.fixture.js';

describe('a test of a node that serves a session', () => {
  let bench: QueueBench;
  const session = { sessionId: submitted().sessionId! };
  const { nodeId } = answer(submitted(), 1);
  beforeEach(async () => {
    bench = await QueueBench.open();
    await bench.assign(session, nodeId, { slots: 2 });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  const enqueue = async (over: object): Promise<string> => {
    const task = submitted({ ...over });
    await bench.stores.tasks.insert(task, 'd');
    return task.taskId;
  };
  const test = { sessionId: null, owner: null, nodeId, holdReveal: true };
  const claimTest = () => bench.stores.claims.claim({ nodeId });
  const claimTask = () => bench.stores.claims.claim(session);
  const taken = () =>
    bench.db.client.slot.findMany({ where: { nodeId, attemptId: { not: null } }, orderBy: { index: 'asc' } });

  it('takes one of its slots, so that no task is offered to a miner that is full', async () => {
    const taskId = await enqueue(test);
    expect(await claimTest()).toMatchObject({ nodeId, submitted: { taskId } });
    expect((await taken()).map(({ index }) => index)).toEqual([0]);
    await enqueue(session);
    expect(await claimTask()).toMatchObject({ nodeId });
    await enqueue(session);
    expect(await claimTask()).toBe('no-slot');
  });

  it('waits while tasks of the session wait, and goes on when none does', async () => {
    await enqueue(test);
    await enqueue(session);
    expect(await claimTest()).toBe('no-slot');
    expect(await claimTask()).toMatchObject({ nodeId });
    expect(await claimTest()).toMatchObject({ nodeId });
  });

  it('waits while all slots are taken', async () => {
    await enqueue(session);
    await enqueue(session);
    await claimTask();
    await claimTask();
    await enqueue(test);
    expect(await claimTest()).toBe('no-slot');
  });

  it('does not wait for the tasks of another session', async () => {
    await enqueue({ sessionId: submitted().sessionId });
    await enqueue(test);
    expect(await claimTest()).toMatchObject({ nodeId });
  });

  it('does not hold the node back when its session lets it go', async () => {
    const taskId = await enqueue(test);
    const claim = (await claimTest()) as Claim;
    await bench.stores.assignments.release(session.sessionId, null, reason);
    expect(await bench.db.client.assignment.findMany({})).toMatchObject([{ nodeId, state: 'ENDED' }]);
    expect((await bench.stores.tasks.view(taskId)).state).toBe('DISPATCHED');
    // It is given to another session while the test goes on, and the end of the test takes nothing from that one.
    await bench.assign({ sessionId: submitted().sessionId! }, nodeId, { slots: 2 });
    await bench.stores.dispatch.refused(claim, reason, { fail: reason });
    expect(await bench.db.client.slot.count({ where: { nodeId, index: { gte: 0 } } })).toBe(2);
  });

  it('counts neither as a task of the session nor in its speed', async () => {
    const task = submitted(test);
    const honest = answer(task, 1);
    await bench.stores.tasks.insert({ ...task, nodeId: honest.nodeId }, honest.requestDigest);
    await bench.assign(session, honest.nodeId, { tokensPerSecond: 50 });
    await bench.stores.claims.claim({ nodeId: honest.nodeId });
    const { precommit, signature } = honest;
    await bench.stores.commits.precommit(await bench.last(task.taskId), { precommit, signature });
    await bench.db.client.task.update({ where: { id: task.taskId }, data: { state: 'REVEALING' } });
    await bench.accept(await bench.last(task.taskId));
    expect((await bench.stores.tasks.view(task.taskId)).state).toBe('FINALISED');
    const [assignment] = await bench.db.client.assignment.findMany({ where: { nodeId: honest.nodeId } });
    expect(assignment).toMatchObject({ tasksDone: 0, tokensPerSecond: 50, state: 'ACTIVE' });
  });

  it('has the slot for tests when it serves nobody any more', async () => {
    await bench.stores.assignments.release(session.sessionId, null, reason);
    await enqueue(test);
    expect(await claimTest()).toMatchObject({ nodeId });
    expect((await taken()).map(({ index }) => index)).toEqual([-1]);
  });

  it('has one slot for tests, unless a test wants several at once', async () => {
    await bench.stores.assignments.release(session.sessionId, null, reason);
    await enqueue(test);
    await enqueue(test);
    expect(await claimTest()).toMatchObject({ nodeId });
    expect(await claimTest()).toBe('no-slot');
    await enqueue({ ...test, testsAtOnce: 3 });
    expect(await claimTest()).toMatchObject({ nodeId });
    expect(await claimTest()).toMatchObject({ nodeId });
    expect((await taken()).map(({ index }) => index)).toEqual([-3, -2, -1]);
    await bench.stores.assignments.freeTestSlot(nodeId, submitted().taskId);
    expect(await taken()).toEqual([]);
  });
});
