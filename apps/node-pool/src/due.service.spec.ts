import { randomUUID } from 'node:crypto';
import type { PresentNode } from './presence.store.js';
import { replica, TestPool } from './pool.fixture.js';
import { TEST_MS } from './serving-draw.js';

const MEAN_MS = 20_000;

describe('tests while nodes serve', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open({ servingTestMs: MEAN_MS });
    await pool.addToken('gt_owned', { owner: 'key-1' });
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const reserved = async (token?: string): Promise<string> => {
    const nodeId = await pool.tested(token ? { token } : {});
    await pool.services.nodes.reserve({ nodeId, sessionId: randomUUID() });
    return nodeId;
  };
  const sweep = async (speaking: string[]) => {
    pool.clock.step(500);
    for (const nodeId of speaking) await pool.services.presence.heartbeat(nodeId);
    return (await pool.services.sweeps.sweep()).due;
  };
  /** Sweeps twice a second until a test is drawn; answers the drawn. */
  const untilDrawn = async (speaking: string[]): Promise<string[]> => {
    for (let turn = 0; turn < 2_000; turn++) {
      const due = await sweep(speaking);
      if (due.length === 0) continue;
      expect(due).toMatchObject([{ model: 'tiny', serving: true, challenges: [{ answer: 'Tokyo' }] }]);
      return due[0]!.nodeIds;
    }
    throw new Error('nobody was drawn in a thousand seconds');
  };

  it('come by lot to reserved nodes, beside the tests of those that wait for one', async () => {
    const nodeId = await reserved();
    expect(await untilDrawn([nodeId])).toEqual([nodeId]);
    expect((await pool.services.nodes.get(nodeId)).state).toBe('RESERVED');
    const waiting = await pool.joined();
    const due = await sweep([nodeId, waiting]);
    expect(due).toMatchObject([{ nodeIds: [waiting] }]);
    expect(due[0]).not.toHaveProperty('serving');
  });

  it('leave a node alone until the last one is over', async () => {
    const nodeId = await reserved();
    await untilDrawn([nodeId]);
    for (let ms = 500; ms < TEST_MS; ms += 500) expect(await sweep([nodeId])).toEqual([]);
    expect(await untilDrawn([nodeId])).toEqual([nodeId]);
  });

  it('are drawn once, whichever replica draws', async () => {
    const nodeId = await reserved();
    const other = replica(pool.database, pool.clock, pool.credentials, { servingTestMs: 0.001 });
    const present = (await pool.database.client.node.findMany({})) as PresentNode[];
    await other.due.due(present);
    // Whoever was tested just now is left alone.
    pool.clock.step(3_500);
    const [first, second] = await Promise.all([other.due.due(present), other.due.due(present)]);
    expect([first, second].flat()).toMatchObject([{ nodeIds: [nodeId] }]);
  });

  it('leave dedicated, free and silent nodes alone', async () => {
    const [free, dedicated] = [await pool.tested(), await reserved('gt_owned')];
    for (let turn = 0; turn < 100; turn++) expect(await sweep([dedicated, free])).toEqual([]);
  });

  it('put a node away that answered wrongly, and say whose session lost it', async () => {
    const nodeId = await pool.tested();
    const sessionId = randomUUID();
    await pool.services.nodes.reserve({ nodeId, sessionId });
    await pool.services.nodes.judge({ ...pool.verdict(nodeId, false), serving: true }, randomUUID());
    expect((await pool.said(nodeId)).at(-1)).toMatchObject({
      subject: 'evt.node-pool.node-quarantined',
      payload: { sessionId, reason: { code: 'wrong_answer' } },
    });
  });

  it('keep a node in its session that answered rightly, with its speed of before', async () => {
    const nodeId = await reserved();
    pool.clock.step(60_000);
    const measured = { ttftMs: null, tokensPerSecond: null, durationMs: null };
    const verdict = { ...pool.verdict(nodeId, true), measured, serving: true as const };
    await pool.services.nodes.judge(verdict, randomUUID());
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({
      state: 'RESERVED',
      testedAt: pool.clock.now().toISOString(),
      tokensPerSecond: 100,
    });
  });
});
