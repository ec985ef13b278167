import { Metrics } from '@ganglion/runtime';
import { BeatGuard } from './beat-guard.service.js';
import { TestPool } from './pool.fixture.js';

describe('the guard before miners’ requests', () => {
  let pool: TestPool;
  let guard: BeatGuard;
  let metrics: Metrics;
  beforeEach(async () => {
    pool = await TestPool.open();
    metrics = new Metrics('node-pool');
    const { nodeStore, revocations } = pool.services;
    guard = new BeatGuard(nodeStore, revocations, pool.clock, metrics);
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  /** Asks so often; answers how often that was carried out. */
  const ask = async (nodeId: string, times: number): Promise<number> => {
    let done = 0;
    const work = async (): Promise<void> => void done++;
    for (let n = 0; n < times; n++) {
      await guard.pass(nodeId, work).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'LIMITED' });
      });
    }
    return done;
  };

  it('drops what is too much, counts it, and writes nothing because of it', async () => {
    const nodeId = await pool.tested();
    const before = await pool.services.nodes.get(nodeId);
    expect(await ask(nodeId, 100)).toBe(30);
    expect(await pool.services.nodes.get(nodeId)).toEqual(before);
    expect(await metrics.text()).toContain('ganglion_node_pool_dropped_total{service="node-pool"} 70');
    pool.clock.step(10_000);
    expect(await ask(nodeId, 1)).toBe(1);
  });

  it('quarantines whoever goes on, with the reason, and leaves others alone', async () => {
    const [flooder, other] = [await pool.tested(), await pool.tested()];
    await ask(flooder, 600);
    expect(await pool.services.nodes.get(flooder)).toMatchObject({
      state: 'QUARANTINED',
      reason: { code: 'heartbeat_flood' },
    });
    expect(await ask(other, 5)).toBe(5);
    expect(await pool.services.nodes.get(other)).toMatchObject({ state: 'EPHEMERAL' });
  });

  it('shuts out whoever does not stop in quarantine', async () => {
    const nodeId = await pool.tested();
    await ask(nodeId, 20_030);
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({
      state: 'RETIRED',
      reason: { code: 'flooded' },
    });
  });
});
