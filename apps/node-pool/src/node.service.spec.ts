import { randomUUID } from 'node:crypto';
import { Metrics } from '@ganglion/runtime';
import { TestPool } from './pool.fixture.js';
import { PoolGauge } from './pool-gauge.service.js';
import { PresenceStore } from './presence.store.js';

const reason = { code: 'reservation_ended', message: 'its time was over' };

describe('the pool', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open();
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const find = async (more: Partial<Parameters<TestPool['services']['selection']['find']>[0]> = {}) => {
    const [model] = (await pool.services.nodes.models()).models;
    const { candidates, total } = await pool.services.selection.find({
      modelDigest: model!.digest,
      mode: 'ephemeral',
      owner: null,
      limit: 10,
      ...more,
    });
    return { found: candidates.map(({ nodeId }) => nodeId), total };
  };
  const endAssignment = (nodeId: string, sessionId: string, eventId: string = randomUUID()) =>
    pool.services.nodes.takeBack({ nodeId, sessionId, reason, at: pool.clock.now().toISOString() }, eventId);

  it('gives a node to one of many sessions that want it at once', async () => {
    const nodeId = await pool.tested();
    const sessions = Array.from({ length: 8 }, () => randomUUID());
    const results = await Promise.allSettled(
      sessions.map((sessionId) => pool.services.nodes.reserve({ nodeId, sessionId })),
    );
    const winners = sessions.filter((_, index) => results[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' });
    }
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({ state: 'RESERVED', sessionId: winners[0] });
  });

  it('tests a node again after each reservation, and tells which session let it go', async () => {
    const nodeId = await pool.tested();
    const sessionId = randomUUID();
    await pool.services.nodes.reserve({ nodeId, sessionId });
    await endAssignment(nodeId, sessionId);
    expect(await pool.states(nodeId)).toEqual(['REGISTERED', 'TESTING', 'EPHEMERAL', 'RESERVED', 'TESTING']);
    const last = (await pool.said(nodeId)).at(-1);
    expect(last).toMatchObject({
      subject: 'evt.node-pool.node-testing',
      payload: { nodeId, state: 'TESTING', sessionId, reason, version: 5 },
    });
    expect((await pool.services.nodes.get(nodeId)).sessionId).toBeNull();
  });

  it('is not moved by an end that is heard twice or comes too late', async () => {
    const nodeId = await pool.tested();
    const [first, second] = [randomUUID(), randomUUID()];
    await pool.services.nodes.reserve({ nodeId, sessionId: first });
    const eventId = randomUUID();
    await endAssignment(nodeId, first, eventId);
    await pool.services.nodes.judge(pool.verdict(nodeId, true), randomUUID());
    await pool.services.nodes.reserve({ nodeId, sessionId: second });
    await endAssignment(nodeId, first, eventId);
    await endAssignment(nodeId, first);
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({ state: 'RESERVED', sessionId: second });
  });

  it('takes back a node that was reserved but never assigned, once', async () => {
    const nodeId = await pool.tested();
    const sessionId = randomUUID();
    await pool.services.nodes.reserve({ nodeId, sessionId });
    await pool.services.nodes.release({ nodeId, sessionId, reason });
    const again = await pool.services.nodes.release({ nodeId, sessionId, reason });
    expect(again).toMatchObject({ state: 'TESTING', sessionId: null, reason });
    expect((await pool.states(nodeId)).filter((state) => state === 'TESTING')).toHaveLength(2);
  });

  it('counts a verdict once, however often it is delivered', async () => {
    const nodeId = await pool.joined();
    const eventId = randomUUID();
    const verdict = pool.verdict(nodeId, false);
    await Promise.all([1, 2, 3].map(() => pool.services.nodes.judge(verdict, eventId)));
    const row = await pool.database.client.node.findUniqueOrThrow({ where: { id: nodeId } });
    expect(row).toMatchObject({ state: 'QUARANTINED', failures: 1, tests: 1 });
  });

  it('frees a node that passed, with its measured speed', async () => {
    const nodeId = await pool.tested();
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({
      state: 'EPHEMERAL',
      tokensPerSecond: 100,
      testedAt: pool.clock.now().toISOString(),
    });
  });

  it('quarantines a node whose commitment was refused, in the middle of its session', async () => {
    const nodeId = await pool.tested();
    const sessionId = randomUUID();
    await pool.services.nodes.reserve({ nodeId, sessionId });
    const fact = { nodeId, taskId: randomUUID(), attempt: 1, sessionId, at: pool.clock.now().toISOString() };
    await pool.services.nodes.condemn(
      { ...fact, reason: { code: 'wrong_hash', message: 'token 3' } },
      randomUUID(),
    );
    const node = await pool.services.nodes.get(nodeId);
    expect(node).toMatchObject({ state: 'QUARANTINED', sessionId: null, reason: { code: 'wrong_hash' } });
    expect(node.history.at(-1)?.reason).toBe('wrong_hash: an answer of this node was refused: token 3');
    expect((await pool.said(nodeId)).at(-1)?.payload).toMatchObject({ sessionId });
  });

  it('quarantines a node that meddles with the task of another', async () => {
    const nodeId = await pool.tested();
    const reason = { code: 'foreign_frames', message: 'it streamed for a task that was never its own' };
    await pool.services.nodes.convict({ nodeId, at: pool.clock.now().toISOString(), reason }, randomUUID());
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({ state: 'QUARANTINED', reason });
  });

  it('shuts out for good a node that floods, however often that is heard', async () => {
    const nodeId = await pool.tested();
    const reason = { code: 'flooded', message: '9 MB for 40 tokens' };
    const flood = { nodeId, at: pool.clock.now().toISOString(), reason };
    for (const eventId of [randomUUID(), randomUUID()]) await pool.services.nodes.convict(flood, eventId);
    expect(await pool.states(nodeId)).toEqual(['REGISTERED', 'TESTING', 'EPHEMERAL', 'RETIRED']);
    await expect(pool.services.credential.renew(nodeId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('knows nothing of events about strangers', async () => {
    const stranger = pool.verdict(`U${'A'.repeat(55)}`, true);
    await expect(pool.services.nodes.judge(stranger, randomUUID())).resolves.toBeUndefined();
    await expect(pool.services.nodes.get(stranger.nodeId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('finds free nodes of a model, best score first, and counts those that may come back', async () => {
    const [low, high, busy, testing] = [
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
      await pool.joined(),
    ];
    await pool.database.client.node.updateMany({ data: { tests: 20 } });
    for (const [nodeId, score] of [
      [low, 0.3],
      [high, 0.9],
      [busy, 1],
    ] as const) {
      await pool.services.nodes.rate({ nodeId, score, at: pool.clock.now().toISOString() }, randomUUID());
    }
    await pool.services.nodes.reserve({ nodeId: busy, sessionId: randomUUID() });
    expect(await find()).toEqual({ found: [high, low], total: 4 });
    expect(await find({ limit: 1 })).toEqual({ found: [high], total: 4 });
    expect(await find({ modelDigest: '00'.repeat(32) })).toEqual({ found: [], total: 0 });
    expect(testing).toHaveLength(56);
  });

  it('keeps dedicated nodes for their owner', async () => {
    const common = await pool.tested();
    await pool.addToken('gt_own', { owner: 'key_1' });
    const own = await pool.tested({ token: 'gt_own' });
    expect(await find({ mode: 'ephemeral', owner: 'key_1' })).toEqual({ found: [common], total: 1 });
    expect(await find({ mode: 'dedicated', owner: 'key_1' })).toEqual({ found: [own], total: 1 });
    expect(await find({ mode: 'hybrid', owner: 'key_1' })).toEqual({ found: [own, common], total: 2 });
    for (const owner of ['key_2', null]) {
      expect(await find({ mode: 'dedicated', owner })).toEqual({ found: [], total: 0 });
      expect(await find({ mode: 'hybrid', owner })).toEqual({ found: [common], total: 1 });
    }
  });

  it('gives sessions of a higher SLA nodes of a higher level, and every session its owner’s own', async () => {
    const [newcomer, known, old] = [await pool.tested(), await pool.tested(), await pool.tested()];
    await pool.addToken('gt_own', { owner: 'key_1' });
    const own = await pool.tested({ token: 'gt_own' });
    const at = pool.clock.now().toISOString();
    await pool.services.nodes.rate({ nodeId: known, score: 0.5, level: 3, at }, randomUUID());
    await pool.services.nodes.rate({ nodeId: old, score: 0.5, level: 6, at }, randomUUID());
    const found = async (sla?: 'low' | 'medium' | 'high') =>
      new Set((await find({ mode: 'hybrid', owner: 'key_1', sla })).found);
    expect(await found()).toEqual(new Set([own, newcomer, known, old]));
    expect(await found('low')).toEqual(new Set([own, newcomer, known, old]));
    expect(await found('medium')).toEqual(new Set([own, known, old]));
    expect(await found('high')).toEqual(new Set([own, old]));
    // They may all come to that level, so that a session may wait for them.
    expect((await find({ sla: 'high' })).total).toBe(3);
    expect(await pool.services.nodes.get(known)).toMatchObject({ level: 3 });
    await pool.services.nodes.rate({ nodeId: known, score: 0.6, at }, randomUUID());
    expect(await pool.services.nodes.get(known)).toMatchObject({ level: 3, score: 0.6 });
  });

  it('lists every node once, page by page, also of one state', async () => {
    const nodes = new Set<string>();
    for (let index = 0; index < 5; index++) nodes.add(await pool.joined());
    const listed: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await pool.services.nodes.list({ limit: 2, ...(cursor ? { cursor } : {}) });
      listed.push(...page.items.map(({ nodeId }) => nodeId));
      cursor = page.nextCursor ?? undefined;
      more = page.nextCursor !== null;
    }
    expect(listed).toEqual([...nodes].sort());
    expect((await pool.services.nodes.list({ limit: 10, state: 'EPHEMERAL' })).items).toEqual([]);
  });

  it('counts the nodes that serve a model now', async () => {
    await pool.joined();
    const reserved = await pool.tested();
    await pool.tested();
    await pool.services.nodes.reserve({ nodeId: reserved, sessionId: randomUUID() });
    expect((await pool.services.nodes.models()).models).toMatchObject([
      { id: 'tiny', nodes: 2, parameters: null },
    ]);
  });

  it('counts nodes by state for the metrics', async () => {
    await pool.joined();
    await pool.tested();
    const metrics = new Metrics('node-pool');
    await new PoolGauge(new PresenceStore(pool.database), pool.clock, metrics).count();
    const text = await metrics.text();
    expect(text).toMatch(/ganglion_node_pool_nodes\{state="EPHEMERAL"[^}]*\} 1/);
    expect(text).toMatch(/ganglion_node_pool_nodes\{state="OFFLINE"[^}]*\} 0/);
  });

  it('lets a node leave: at once when free, after its session when reserved', async () => {
    const [free, reserved] = [await pool.tested(), await pool.tested()];
    const sessionId = randomUUID();
    await pool.services.nodes.reserve({ nodeId: reserved, sessionId });
    expect(await pool.services.nodes.leave(free)).toEqual({ state: 'OFFLINE' });
    expect(await pool.services.nodes.leave(reserved)).toEqual({ state: 'DRAINING' });
    expect(await pool.services.nodes.leave(reserved)).toEqual({ state: 'DRAINING' });
    await endAssignment(reserved, sessionId);
    expect((await pool.states(reserved)).slice(-2)).toEqual(['DRAINING', 'OFFLINE']);
  });
});
