import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { manifestDigest } from '@ganglion/commitment';
import { Fault } from '@ganglion/contracts';
import { type Bus, connectBus, encodeFault } from '@ganglion/messaging';
import { BrokerServer, freePort } from '@ganglion/testkit';
import { createUser } from '@nats-io/nkeys';
import { LoadService } from './load.service.js';
import { declared, TestPool } from './pool.fixture.js';

const files = [{ path: 'config.json', bytes: 2, sha256: 'cd'.repeat(32) }];
const wanted = manifestDigest(files);

describe('a model that no free node has loaded', () => {
  let folder: string;
  let server: BrokerServer;
  let bus: Bus;
  let nodes: Bus;
  let pool: TestPool;
  let loads: LoadService;
  const ordered: { nodeId: string; model: string }[] = [];
  let refusal: Fault | null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-load-'));
    const port = await freePort();
    const configFile = join(folder, 'nats.conf');
    await writeFile(configFile, `listen: 127.0.0.1:${port}\n`);
    server = await BrokerServer.start({ configFile, port, logFile: join(folder, 'nats.log') });
    bus = await connectBus({ servers: server.url, name: 'node-pool' });
    nodes = await connectBus({ servers: server.url, name: 'nodes' });
    nodes.nats.subscribe('job.*.load', {
      callback: (_error, msg) => {
        ordered.push({ nodeId: msg.subject.split('.')[1]!, model: (msg.json() as { model: string }).model });
        if (!refusal) return void msg.respond(JSON.stringify({ accepted: true }));
        const { data, options } = encodeFault(refusal);
        msg.respond(data, options);
      },
    });
    await nodes.nats.flush();
  });
  afterAll(async () => {
    await Promise.all([bus.close(), nodes.close()]);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    ordered.length = 0;
    refusal = null;
    pool = await TestPool.open();
    loads = new LoadService(pool.services.loaders, pool.services.nodeStore, bus, pool.clock);
    // A node brought the model once, so it is registered, and left.
    await pool.services.nodes.leave(await pool.tested({ declared: declared({ id: 'other', files }) }));
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const able = (memoryBytes = 8e9): Promise<string> =>
    pool.tested({ declared: { ...declared(), memoryBytes, models: [{ id: 'other', digest: wanted }] } });
  const wish = { modelDigest: wanted, mode: 'ephemeral', owner: null, limit: 1 } as const;
  const stateOf = async (nodeId: string) => (await pool.services.nodes.get(nodeId)).state;

  it('is loaded by the idle node with most memory, once, and counted until it is there', async () => {
    const [small, large] = [await able(), await able(32e9)];
    expect(await pool.services.selection.find(wish)).toMatchObject({ candidates: [], total: 3, loading: 0 });
    expect(await loads.load(wish)).toEqual({ loading: 1 });
    expect(ordered).toEqual([{ nodeId: large, model: 'other' }]);
    expect([await stateOf(small), await stateOf(large)]).toEqual(['EPHEMERAL', 'OFFLINE']);
    expect((await pool.services.nodes.get(large)).reason).toMatchObject({ code: 'loading' });
    expect(await pool.services.selection.find(wish)).toMatchObject({ loading: 1 });
  });

  it('is loaded by nobody who may not, serves a session, or is dedicated to another owner', async () => {
    await pool.addToken('gt_owned', { owner: 'key-1' });
    await pool.tested();
    await pool.services.nodes.reserve({ nodeId: await able(), sessionId: randomUUID() });
    const models = [{ id: 'other', digest: wanted }];
    await pool.tested({ token: 'gt_owned', declared: { ...declared(), models } });
    expect(await loads.load(wish)).toEqual({ loading: 0 });
    expect(await loads.load({ ...wish, mode: 'dedicated', owner: 'key-1' })).toEqual({ loading: 1 });
    expect(ordered).toHaveLength(1);
  });

  it('leaves a node where it is that refuses, and does not ask it again for a while', async () => {
    const nodeId = await able();
    refusal = new Fault('BUSY', 'a task runs');
    expect(await loads.load(wish)).toEqual({ loading: 0 });
    await pool.services.presence.heartbeat(nodeId);
    await pool.services.presence.flush();
    expect(await stateOf(nodeId)).toBe('TESTING');
    await pool.services.nodes.judge(pool.verdict(nodeId, true), randomUUID());
    refusal = null;
    expect(await loads.load(wish)).toEqual({ loading: 0 });
    pool.clock.step(600_000);
    expect(await loads.load(wish)).toEqual({ loading: 1 });
  });

  it('makes a node start anew, without the speed of its former model', async () => {
    const key = createUser();
    const models = [{ id: 'other', digest: wanted }];
    const nodeId = await pool.tested({ key, declared: { ...declared(), models } });
    await loads.load(wish);
    await pool.joined({ key, declared: declared({ id: 'other', files }) });
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({
      state: 'TESTING',
      reason: { code: 'loaded' },
      model: 'other',
      tokensPerSecond: null,
      verified: null,
      declared: { modelDigests: [wanted] },
    });
    expect(await pool.services.selection.find(wish)).toMatchObject({ testing: 1, loading: 0 });
  });

  it('is refused with the remedy when nobody ever brought it', async () => {
    await expect(loads.load({ ...wish, modelDigest: 'e'.repeat(64) })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: /join with it first/,
    });
  });
});
