import { randomUUID } from 'node:crypto';
import { replica, TestPool } from './pool.fixture.js';

describe('the sweep', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open();
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  /** Lets time pass as it does in life: flushes every two seconds, and these nodes go on speaking. */
  const pass = async (ms: number, speaking: string[] = []): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 2_000) {
      pool.clock.step(2_000);
      for (const nodeId of speaking) await pool.services.presence.heartbeat(nodeId);
      await pool.services.presence.flush();
    }
  };
  const stateOf = async (nodeId: string) => (await pool.services.nodes.get(nodeId)).state;

  it('lists nodes in TESTING that have spoken since they joined, with challenges of their model', async () => {
    const nodeId = await pool.joined();
    await pool.tested();
    const { due, probe } = await pool.services.sweeps.sweep();
    expect(due).toMatchObject([{ model: 'tiny', nodeIds: [nodeId], challenges: [{ answer: 'Tokyo' }] }]);
    expect(probe).toHaveLength(2);
    expect((await pool.services.sweeps.sweep()).probe).toEqual([]);
  });

  it('takes a node OFFLINE after ten seconds of silence, and back to TESTING when it speaks again', async () => {
    const [silent, alive] = [await pool.tested(), await pool.tested()];
    const sessionId = randomUUID();
    await pool.services.nodes.reserve({ nodeId: silent, sessionId });
    await pass(10_000, [alive]);
    await pool.services.sweeps.sweep();
    expect(await stateOf(silent)).toBe('RESERVED');
    await pass(2_000, [alive]);
    await pool.services.sweeps.sweep();
    expect([await stateOf(silent), await stateOf(alive)]).toEqual(['OFFLINE', 'EPHEMERAL']);
    expect((await pool.said(silent)).at(-1)).toMatchObject({
      subject: 'evt.node-pool.node-offline',
      payload: { sessionId, reason: { code: 'silent' } },
    });
    expect(await pool.services.presence.heartbeat(silent)).toBe('TESTING');
  });

  it('suspects itself when most nodes fall silent at once, for a minute', async () => {
    const nodes = [await pool.tested(), await pool.tested(), await pool.tested(), await pool.tested()];
    await pass(20_000, nodes.slice(0, 1));
    await pool.services.sweeps.sweep();
    expect(await Promise.all(nodes.map(stateOf))).toEqual(Array(4).fill('EPHEMERAL'));
    await pass(50_000, nodes.slice(0, 1));
    await pool.services.sweeps.sweep();
    expect(await Promise.all(nodes.map(stateOf))).toEqual(['EPHEMERAL', 'OFFLINE', 'OFFLINE', 'OFFLINE']);
  });

  it('blames nobody for an hour in which it slept itself', async () => {
    const nodeId = await pool.tested();
    pool.clock.step(3_600_000);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('EPHEMERAL');
    await pass(12_000);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('OFFLINE');
  });

  it('goes by what any replica heard', async () => {
    const other = replica(pool.database, pool.clock, pool.credentials);
    const nodeId = await pool.tested();
    for (let passed = 0; passed < 30_000; passed += 2_000) {
      pool.clock.step(2_000);
      await other.presence.heartbeat(nodeId);
      await other.presence.flush();
      await pool.services.presence.flush();
    }
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('EPHEMERAL');
  });

  it('never lets a late write turn a node’s clock back', async () => {
    const nodeId = await pool.tested();
    const other = replica(pool.database, pool.clock, pool.credentials);
    await other.presence.heartbeat(nodeId);
    await other.presence.heartbeat(nodeId);
    pool.clock.step(2_000);
    await pool.services.presence.heartbeat(nodeId);
    await pool.services.presence.flush();
    const seen = (await pool.services.nodes.get(nodeId)).lastSeenAt;
    await other.presence.flush();
    expect((await pool.services.nodes.get(nodeId)).lastSeenAt).toBe(seen);
  });

  it('wakes a quarantined node when its back-off ends, twice as late each time', async () => {
    const nodeId = await pool.joined();
    await pool.services.nodes.judge(pool.verdict(nodeId, false), randomUUID());
    await pass(28_000, [nodeId]);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('QUARANTINED');
    await pass(2_000, [nodeId]);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('TESTING');
    await pool.services.nodes.judge(pool.verdict(nodeId, false), randomUUID());
    await pass(58_000, [nodeId]);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('QUARANTINED');
    await pass(2_000, [nodeId]);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('TESTING');
  });

  it('sends a quarantined node that has gone OFFLINE when its back-off ends', async () => {
    const nodeId = await pool.joined();
    await pool.services.nodes.judge(pool.verdict(nodeId, false), randomUUID());
    await pass(30_000);
    await pool.services.sweeps.sweep();
    expect(await stateOf(nodeId)).toBe('OFFLINE');
  });

  it('does not hear a node that left until it joins again', async () => {
    const nodeId = await pool.tested();
    await pool.services.nodes.leave(nodeId);
    await pass(4_000, [nodeId]);
    expect(await stateOf(nodeId)).toBe('OFFLINE');
  });

  it('refuses the heartbeat of a node that never joined', async () => {
    await expect(pool.services.presence.heartbeat(`U${'A'.repeat(55)}`)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('forgets nonces that are refused for their age anyway', async () => {
    await pool.joined();
    pool.clock.step(120_001);
    await pool.services.sweeps.sweep();
    expect(await pool.database.client.usedNonce.count()).toBe(0);
  });
});
