import { answer, submitted } from './an-answer.fixture.js';
import type { Claim } from './claim.store.js';
import { QueueBench, reason } from './queue-bench.fixture.js';

describe('the queue’s rows', () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  it('show every state of an answered task in order, though messages overtook one another', async () => {
    const { task, found, next } = await bench.precommitted();
    expect(next).toBe('reveal');
    expect(await bench.accept(found)).toBe('FINALISED');
    expect(await bench.states(task.taskId)).toEqual([
      'QUEUED',
      'DISPATCHED',
      'STREAMING',
      'PRECOMMITTED',
      'REVEALING',
      'FINALISED',
    ]);
    const { attempts } = await bench.stores.tasks.view(task.taskId);
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
    const { found } = await bench.precommitted();
    const ends = await Promise.all([bench.accept(found), bench.accept(found)]);
    expect(ends.filter((end) => end !== null)).toEqual(['FINALISED']);
    const said = await bench.db.client.event.count({
      where: { subject: 'evt.session-queue.task-finalised' },
    });
    expect(said).toBe(1);
    expect(await bench.stores.judgements.reject(found, reason, { isShown: true })).toBeNull();
  });

  it('take a task in once', async () => {
    const task = submitted();
    expect(await bench.stores.tasks.insert(task, 'd')).toBe(true);
    expect(await bench.stores.tasks.insert(task, 'd')).toBe(false);
    expect(await bench.states(task.taskId)).toEqual(['QUEUED']);
  });

  it('give one slot to one of two replicas', async () => {
    const { honest } = await bench.dispatched();
    const other = submitted();
    const sessionId = (await bench.db.client.assignment.findFirstOrThrow()).sessionId;
    await bench.stores.tasks.insert({ ...other, sessionId }, honest.requestDigest);
    expect(await bench.stores.claims.claim({ sessionId })).toBe('no-slot');
  });

  it('tell each waiting task its place and when its turn comes', async () => {
    const { task, lane } = await bench.dispatched();
    const waiting = [submitted(lane), submitted(lane)];
    for (const one of waiting) await bench.stores.tasks.insert(one, 'd');
    expect(await bench.stores.tasks.placed(task.taskId)).toEqual({ state: 'DISPATCHED', position: 0 });
    expect(await bench.stores.tasks.placed(waiting[1]!.taskId)).toEqual({ state: 'QUEUED', position: 2 });
    const { expectedTokens } = await bench.db.client.task.findUniqueOrThrow({ where: { id: task.taskId } });
    const places = await bench.stores.waiting.places(lane.sessionId);
    expect(places.get(waiting[0]!.taskId)).toEqual({ position: 1, etaMs: expectedTokens * 20 });
    expect(places.get(waiting[1]!.taskId)).toEqual({ position: 2, etaMs: 2 * expectedTokens * 20 });
  });

  it('are listed newest first, of one state if it is named', async () => {
    const { task, lane } = await bench.dispatched();
    const waiting = [submitted(lane), submitted(lane)];
    for (const one of waiting) await bench.stores.tasks.insert(one, 'd');
    const everybodys = { owner: null, sessionId: null, limit: 10 };
    const newest = [task, ...waiting]
      .map(({ taskId }) => taskId)
      .toSorted()
      .toReversed();
    const all = await bench.stores.tasks.list(everybodys);
    expect(all.items.map(({ taskId }) => taskId)).toEqual(newest);
    const queued = await bench.stores.tasks.list({ ...everybodys, state: 'QUEUED' });
    expect(queued.items.map(({ taskId }) => taskId)).toEqual(newest.filter((id) => id !== task.taskId));
  });

  it('free the slot when the computation is done, though the task is not final', async () => {
    const { lane } = await bench.precommitted();
    const next = submitted(lane);
    await bench.stores.tasks.insert(next, 'd');
    expect(await bench.stores.claims.claim(lane)).toMatchObject({ submitted: { taskId: next.taskId } });
  });

  it('put a refused task back, for another node', async () => {
    const { task, claim, lane } = await bench.dispatched();
    await bench.stores.dispatch.refused(claim, reason, { retryAfterMs: 0 });
    expect((await bench.stores.tasks.view(task.taskId)).state).toBe('QUEUED');
    const { nodeId } = answer(task, 2);
    await bench.assign(lane, nodeId, { slots: 1 });
    expect(await bench.stores.claims.claim(lane)).toMatchObject({ nodeId, attempt: 2 });
  });

  it('prefer the node with the least outstanding work for its speed', async () => {
    const lane = { sessionId: submitted().sessionId! };
    const [fast, slow] = [answer(submitted(), 1).nodeId, answer(submitted(), 1).nodeId];
    await bench.assign(lane, fast, { slots: 12, tokensPerSecond: 100 });
    await bench.assign(lane, slow, { slots: 12 });
    const taken: string[] = [];
    for (let index = 0; index < 12; index++) {
      await bench.stores.tasks.insert(submitted(lane), 'd');
      taken.push(((await bench.stores.claims.claim(lane)) as Claim).nodeId);
    }
    expect(taken.filter((nodeId) => nodeId === fast)).toHaveLength(8);
  });

  it('serve the key with the least in flight first', async () => {
    const lane = { sessionId: submitted().sessionId! };
    const { nodeId } = answer(submitted(), 1);
    await bench.assign(lane, nodeId, { slots: 2 });
    const greedy = [submitted(lane), submitted(lane), submitted(lane)];
    for (const task of greedy) await bench.stores.tasks.insert(task, 'd');
    const modest = submitted({ ...lane, owner: 'key-2' });
    await bench.stores.tasks.insert(modest, 'd');
    const claims = [await bench.stores.claims.claim(lane), await bench.stores.claims.claim(lane)] as Claim[];
    expect(claims.map(({ submitted: { taskId } }) => taskId)).toEqual([greedy[0]!.taskId, modest.taskId]);
  });

  it('assemble a reveal from parts that come twice and in any order', async () => {
    const { found } = await bench.precommitted();
    const part = (index: number, data: string) => ({ part: index, parts: 2, digest: 'd', data });
    expect(await bench.stores.commits.keepPart(found.id, part(1, 'world'))).toBeNull();
    expect(await bench.stores.commits.keepPart(found.id, part(1, 'world'))).toBeNull();
    expect(await bench.stores.commits.keepPart(found.id, part(0, 'hello '))).toBe('hello world');
  });
});
