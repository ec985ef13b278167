import { answer, submitted } from './an-answer.fixture.js';
import type { Claim } from './claim.store.js';
import { QueueBench, reason } from './queue-bench.fixture.js';

describe('the replicas of a task', () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  /** A task of three replicas in a session of so many nodes, and the claims that can be made at once. */
  const begin = async ({ nodes = 3, over = {} } = {}) => {
    const task = submitted({ redundancy: 3, ...over });
    const lane = { sessionId: task.sessionId! };
    const { requestDigest } = answer(task, 1);
    await bench.stores.tasks.insert(task, requestDigest);
    for (let index = 0; index < nodes; index++)
      await bench.assign(lane, answer(task, 1).nodeId, { slots: 4 });
    const claims: Claim[] = [];
    for (let claim = await bench.stores.claims.claim(lane); typeof claim !== 'string';) {
      claims.push(claim);
      claim = await bench.stores.claims.claim(lane);
    }
    return { task, lane, claims };
  };

  const live = async ({ taskId, attempt, nodeId }: { taskId: string; attempt: number; nodeId: string }) =>
    (await bench.stores.commits.find({ taskId, attempt, nodeId }))!;
  const found = ({ submitted: { taskId }, attempt, nodeId }: Claim) => live({ taskId, attempt, nodeId });
  const bind = async (claim: Claim) =>
    bench.stores.commits.precommit(await found(claim), {
      precommit: 'ab'.repeat(32),
      signature: 'cd'.repeat(64),
    });
  const state = async (taskId: string) => (await bench.stores.tasks.get(taskId)).state;
  const hidden = { isShown: false };
  const shown = { isShown: true };

  it('run on different nodes, and only the first one speaks', async () => {
    const { claims, lane } = await begin();
    expect(claims.map(({ silent }) => silent)).toEqual([false, true, true]);
    expect(new Set(claims.map(({ nodeId }) => nodeId)).size).toBe(3);
    expect(await bench.stores.claims.claim(lane)).toBe('no-task');
  });

  it('are all silent when the answer is verified before it is shown', async () => {
    const { claims } = await begin({ over: { verify: 'before' } });
    expect(claims.map(({ silent }) => silent)).toEqual([true, true, true]);
  });

  it('come before tasks that have not begun, and do not block these where a node is missing', async () => {
    const { lane, claims } = await begin({ nodes: 2 });
    expect(claims).toHaveLength(2);
    const next = submitted(lane);
    await bench.stores.tasks.insert(next, 'd');
    expect(await bench.stores.claims.claim(lane)).toMatchObject({ submitted: { taskId: next.taskId } });
    const third = answer(next, 1).nodeId;
    await bench.assign(lane, third);
    await bench.stores.tasks.insert(submitted(lane), 'd');
    expect(await bench.stores.claims.claim(lane)).toMatchObject({
      nodeId: third,
      attempt: 3,
      silent: true,
      submitted: { taskId: claims[0]!.submitted.taskId },
    });
  });

  it('are asked for their data only when all are bound', async () => {
    const { claims, task } = await begin();
    expect(await bind(claims[1]!)).toBe('wait');
    expect(await bind(claims[0]!)).toBe('wait');
    expect(await state(task.taskId)).toBe('DISPATCHED');
    expect(await bind(claims[2]!)).toBe('reveal');
    expect(await state(task.taskId)).toBe('REVEALING');
  });

  it('are replaced when they refuse, and the task goes on meanwhile', async () => {
    const { claims, task, lane } = await begin({ nodes: 4 });
    const fate = await bench.stores.dispatch.refused(claims[1]!, reason, { retryAfterMs: 0 });
    expect(fate?.state).toBe('RUNNING');
    const again = (await bench.stores.claims.claim(lane)) as Claim;
    expect(again).toMatchObject({ attempt: 4, silent: true, submitted: { taskId: task.taskId } });
  });

  it('give way to a new primary when the first is lost before it spoke', async () => {
    const { claims, lane } = await begin({ nodes: 4 });
    const lost = await bench.stores.sweeps.lose(await found(claims[0]!), reason, hidden);
    expect(lost?.fate.state).toBe('RUNNING');
    expect(await bench.stores.claims.claim(lane)).toMatchObject({ attempt: 4, silent: false });
  });

  it('are withdrawn when the primary, which was heard, is refused', async () => {
    const { claims, task } = await begin();
    const fate = await bench.stores.judgements.reject(await found(claims[0]!), reason, shown);
    expect(fate?.state).toBe('FAILED');
    expect(fate?.withdrawn.map(({ attempt }) => attempt)).toEqual([2, 3]);
    const { attempts } = await bench.stores.tasks.view(task.taskId);
    expect(attempts.map((attempt) => attempt.state)).toEqual(['REJECTED', 'CANCELLED', 'CANCELLED']);
  });

  it('are not waited for without end once the primary is bound', async () => {
    const { claims, task } = await begin();
    await bind(claims[0]!);
    expect(await bench.stores.sweeps.closePrecommits()).toEqual([]);
    const past = new Date(Date.now() - 1);
    await bench.db.client.task.update({ where: { id: task.taskId }, data: { revealBy: past } });
    const [closed] = await bench.stores.sweeps.closePrecommits();
    expect(closed?.fate.withdrawn.map(({ attempt }) => attempt)).toEqual([2, 3]);
    expect(await state(task.taskId)).toBe('REVEALING');
    expect(await bind(claims[1]!)).toBeNull();
  });

  it('are compared when the last that is missing has revealed, or fallen', async () => {
    const { claims } = await begin();
    for (const claim of claims) await bind(claim);
    const { data } = answer(claims[0]!.submitted, 1);
    const keep = async (claim: Claim) => bench.stores.judgements.keepRevealed(await found(claim), data);
    expect(await keep(claims[0]!)).toBe('wait');
    expect(await keep(claims[1]!)).toBe('wait');
    const fate = await bench.stores.judgements.reject(await found(claims[2]!), reason, hidden);
    expect(fate?.state).toBe('COMPARE');
  });

  it('are sent home by a cancel, which waits for the primary alone', async () => {
    const { claims, task } = await begin();
    const called = await bench.stores.cancels.cancel(task.taskId, reason, 1_000);
    expect(called?.kept?.attempt).toBe(1);
    expect(called?.fate.withdrawn.map(({ attempt }) => attempt)).toEqual([2, 3]);
    expect(await bind(claims[0]!)).toBe('reveal');
  });

  it('count once each, though all bind themselves at the same moment', async () => {
    const { claims } = await begin();
    const next = await Promise.all(claims.map(bind));
    expect(next.filter((outcome) => outcome === 'reveal')).toHaveLength(1);
  });
});
