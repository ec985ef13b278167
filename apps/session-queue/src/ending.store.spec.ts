import { HELD_REVEAL_MS } from '@ganglion/contracts';
import { submitted } from './an-answer.fixture.js';
import { QueueBench, reason } from './queue-bench.fixture.js';

describe('the ends of tasks and assignments', () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  it('requeue a rejected attempt of which nothing was shown, and fail one that was shown', async () => {
    const hidden = await bench.precommitted();
    expect(await bench.stores.judgements.reject(hidden.found, reason, { isShown: false })).toMatchObject({
      state: 'QUEUED',
    });
    const shown = await bench.dispatched();
    await bench.stores.dispatch.firstFrame(shown.claim);
    const found = await bench.last(shown.task.taskId);
    expect(await bench.stores.judgements.reject(found, reason, { isShown: true })).toMatchObject({
      state: 'FAILED',
    });
    expect((await bench.stores.tasks.view(shown.task.taskId)).reason?.code).toBe('answer_rejected');
  });

  it('wait for the reveal of a task that holds it as long as a round of tests may take', async () => {
    const { next, task } = await bench.precommitted({ holdReveal: true });
    expect(next).toBe('hold');
    const { taskId } = task;
    const { dueAt } = await bench.db.client.attempt.findFirstOrThrow({ where: { taskId } });
    const heldMs = dueAt.getTime() - Date.now();
    expect(heldMs).toBeLessThanOrEqual(HELD_REVEAL_MS);
    expect(heldMs).toBeGreaterThan(HELD_REVEAL_MS - 10_000);
    expect(await bench.stores.commits.overdue()).toEqual([]);
  });

  it('keep the slot of a lost attempt until its node is assigned again', async () => {
    const { honest, task, lane } = await bench.dispatched();
    const found = await bench.last(task.taskId);
    expect(await bench.stores.sweeps.lose(found, reason, { isShown: false })).toMatchObject({
      fate: { state: 'QUEUED' },
    });
    expect(await bench.stores.claims.claim(lane)).toBe('no-slot');
    expect(
      await bench.db.client.slot.count({ where: { nodeId: honest.nodeId, attemptId: { not: null } } }),
    ).toBe(1);
    const gone = { nodeId: honest.nodeId, sessionId: lane.sessionId, at: new Date().toISOString() };
    await bench.stores.sweeps.nodeGone(gone, 'event-1', reason);
    await bench.assign(lane, honest.nodeId);
    expect(await bench.stores.claims.claim(lane)).toMatchObject({ nodeId: honest.nodeId, attempt: 2 });
  });

  it('keep what a node does elsewhere when the news that it left comes late', async () => {
    const { honest, task, lane } = await bench.dispatched();
    const gone = { nodeId: honest.nodeId, sessionId: submitted().sessionId, at: new Date().toISOString() };
    expect(await bench.stores.sweeps.leftBy(gone)).toEqual([]);
    await bench.stores.sweeps.nodeGone(gone, 'event-1', reason);
    expect((await bench.stores.tasks.view(task.taskId)).state).toBe('DISPATCHED');
    expect((await bench.stores.assignments.load([lane.sessionId]))[0]!.nodes).toHaveLength(1);
  });

  it('end a released assignment with its last attempt, and say so', async () => {
    const { found, lane, honest } = await bench.precommitted();
    await bench.stores.assignments.release(lane.sessionId, null, reason);
    expect((await bench.stores.assignments.load([lane.sessionId]))[0]!.nodes).toMatchObject([
      { nodeId: honest.nodeId, ending: true },
    ]);
    await bench.accept(found);
    expect((await bench.stores.assignments.load([lane.sessionId]))[0]!.nodes).toEqual([]);
    expect(
      await bench.db.client.event.count({ where: { subject: 'evt.session-queue.assignment-ended' } }),
    ).toBe(1);
  });

  it('follow the pool, which took a node back that nobody had released', async () => {
    const { found, lane, honest } = await bench.precommitted();
    const { assignments } = bench.stores;
    const nodes = async () => (await assignments.load([lane.sessionId]))[0]!.nodes;
    const left = (ms: number, sessionId: string | null = lane.sessionId) => ({
      nodeId: honest.nodeId,
      sessionId,
      at: new Date(Date.now() + ms).toISOString(),
    });
    // News of an earlier stay in the session, of another session, and of a node that was in none.
    await assignments.leave(left(-60_000), 'event-1', reason);
    await assignments.leave(left(60_000, submitted().sessionId), 'event-2', reason);
    await assignments.leave(left(60_000, null), 'event-3', reason);
    expect(await nodes()).toMatchObject([{ ending: false }]);
    await assignments.leave(left(60_000), 'event-4', reason);
    expect(await nodes()).toMatchObject([{ nodeId: honest.nodeId, ending: true }]);
    await bench.accept(found);
    expect(await nodes()).toEqual([]);
    await bench.assign(lane, honest.nodeId);
    await assignments.leave(left(120_000), 'event-4', reason);
    expect(await nodes()).toMatchObject([{ ending: false }]);
  });

  it('leave no node behind when its release and the end of its last attempt meet', async () => {
    for (let tries = 0; tries < 12; tries++) {
      const { found, lane } = await bench.precommitted();
      await Promise.all([
        bench.accept(found),
        bench.stores.assignments.release(lane.sessionId, null, reason),
      ]);
      expect((await bench.stores.assignments.load([lane.sessionId]))[0]!.nodes).toEqual([]);
    }
    expect(await bench.db.client.assignment.findMany({ where: { tasksDone: { not: 1 } } })).toEqual([]);
  });

  it('cancel a waiting task at once and a running one when its miner committed', async () => {
    const waiting = submitted();
    await bench.stores.tasks.insert(waiting, 'd');
    expect(await bench.stores.cancels.cancel(waiting.taskId, reason, 1_000)).toMatchObject({
      kept: null,
      fate: { state: 'CANCELLED' },
    });
    const { task, honest } = await bench.dispatched();
    expect(await bench.stores.cancels.cancel(task.taskId, reason, 1_000)).toMatchObject({
      kept: { attempt: 1 },
    });
    const found = await bench.last(task.taskId);
    expect(
      await bench.stores.commits.precommit(found, {
        precommit: honest.precommit,
        signature: honest.signature,
      }),
    ).toBe('reveal');
    expect(await bench.accept(await bench.last(task.taskId))).toBe('CANCELLED');
  });

  it('expire what was not answered by its deadline', async () => {
    const task = submitted({ expiresAt: new Date(Date.now() - 1).toISOString() });
    await bench.stores.tasks.insert(task, 'd');
    expect(await bench.stores.sweeps.endOverdue()).toMatchObject([
      { taskId: task.taskId, fate: { state: 'EXPIRED' } },
    ]);
    expect(await bench.stores.sweeps.endOverdue()).toEqual([]);
  });
});
