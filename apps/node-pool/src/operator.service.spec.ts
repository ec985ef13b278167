import { randomUUID } from 'node:crypto';
import type { NodeAction } from '@ganglion/contracts';
import { createUser } from '@nats-io/nkeys';
import { TestPool } from './pool.fixture.js';

describe('an operator', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open();
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const act = (nodeId: string, action: NodeAction) =>
    pool.services.operators.act({ nodeId, action, reason: 'a new disk', by: 'key-1' });
  const reserved = async (sessionId: string) => {
    const nodeId = await pool.tested();
    await pool.services.nodes.reserve({ nodeId, sessionId });
    return nodeId;
  };
  const last = async (nodeId: string) => (await pool.said(nodeId)).at(-1);
  const by = (action: NodeAction) => ({
    code: `operator_${action}`,
    message: 'by the API key key-1: a new disk',
  });

  it('drains a node that serves: it leaves with the end of its assignment, and stays away', async () => {
    const sessionId = randomUUID();
    const nodeId = await reserved(sessionId);
    expect(await act(nodeId, 'drain')).toMatchObject({ state: 'DRAINING', sessionId, reason: by('drain') });
    expect(await last(nodeId)).toMatchObject({
      subject: 'evt.node-pool.node-draining',
      payload: { sessionId, reason: by('drain') },
    });
    const ended = { nodeId, sessionId, reason: { code: 'node_draining', message: 'its node is to leave' } };
    await pool.services.nodes.takeBack({ ...ended, at: pool.clock.now().toISOString() }, randomUUID());
    await pool.services.presence.flush();
    expect(await pool.services.presence.heartbeat(nodeId)).toBe('OFFLINE');
    expect(await act(nodeId, 'retest')).toMatchObject({ state: 'TESTING', reason: by('retest') });
  });

  it('tells a session whose node it quarantines, and ends the quarantine by a test', async () => {
    const sessionId = randomUUID();
    const nodeId = await reserved(sessionId);
    expect(await act(nodeId, 'quarantine')).toMatchObject({ state: 'QUARANTINED', sessionId: null });
    expect((await last(nodeId))?.payload).toMatchObject({ sessionId, reason: by('quarantine') });
    pool.clock.step(3_600_000);
    await pool.services.sweeps.sweep();
    expect((await pool.services.nodes.get(nodeId)).state).toBe('QUARANTINED');
    await pool.services.presence.heartbeat(nodeId);
    await pool.services.presence.flush();
    expect(await act(nodeId, 'retest')).toMatchObject({ state: 'TESTING' });
  });

  it('has a free node tested again', async () => {
    const nodeId = await pool.tested();
    expect(await act(nodeId, 'retest')).toMatchObject({ state: 'TESTING', reason: by('retest') });
    expect(await act(nodeId, 'retest')).toMatchObject({ state: 'TESTING' });
    expect((await pool.states(nodeId)).slice(-2)).toEqual(['EPHEMERAL', 'TESTING']);
  });

  it('has a node tested that serves: its session is told, and its late news change nothing', async () => {
    const sessionId = randomUUID();
    const nodeId = await reserved(sessionId);
    expect(await act(nodeId, 'retest')).toMatchObject({ state: 'TESTING', sessionId: null });
    expect(await last(nodeId)).toMatchObject({
      subject: 'evt.node-pool.node-testing',
      payload: { sessionId, reason: by('retest') },
    });
    await pool.services.nodes.judge(pool.verdict(nodeId, true), randomUUID());
    const ended = { nodeId, sessionId, reason: { code: 'left_session', message: 'the pool took it back' } };
    await pool.services.nodes.takeBack({ ...ended, at: pool.clock.now().toISOString() }, randomUUID());
    expect((await pool.services.nodes.get(nodeId)).state).toBe('EPHEMERAL');
  });

  it('retires a node for good, once', async () => {
    const key = createUser();
    const nodeId = await pool.tested({ key });
    expect(await act(nodeId, 'retire')).toMatchObject({ state: 'RETIRED', reason: by('retire') });
    await act(nodeId, 'retire');
    expect((await pool.states(nodeId)).filter((state) => state === 'RETIRED')).toHaveLength(1);
    await expect(pool.services.credential.renew(nodeId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(act(nodeId, 'drain')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { state: 'RETIRED', possible: ['retire'] },
    });
  });

  it('leaves a trace of what moves nothing', async () => {
    const nodeId = await pool.tested();
    await act(nodeId, 'quarantine');
    const before = await pool.states(nodeId);
    await act(nodeId, 'drain');
    expect(await pool.states(nodeId)).toEqual(before);
    const noted = await pool.database.client.event.findMany({ where: { entityId: nodeId, to: null } });
    expect(noted).toMatchObject([{ from: null, subject: null, reason: by('drain') }]);
  });

  it('sees how many nodes are in each state', async () => {
    const nodeId = await pool.tested();
    await pool.joined();
    await act(nodeId, 'quarantine');
    expect(await pool.services.operators.counts()).toEqual({ nodes: { TESTING: 1, QUARANTINED: 1 } });
  });

  it('is told of a node that is not known', async () => {
    await expect(act(createUser().getPublicKey(), 'drain')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
