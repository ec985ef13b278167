import { eventually } from '@ganglion/testkit';
import { Bench } from './bench.fixture.js';
import { Gate } from './gate.fixture.js';
import { SteppedClock } from './stepped-clock.fixture.js';

describe('a miner in the network', () => {
  let bench: Bench;
  beforeAll(async () => void (bench = await Bench.open()));
  afterAll(() => bench.close());
  beforeEach(() => bench.setUp());
  afterEach(() => bench.clear());

  it('joins with a declaration, and tells what the network sees in it', async () => {
    const { there } = bench;
    const states: string[] = [];
    const node = await bench.startNode({ observer: { stateChanged: (state) => states.push(state) } });
    expect(there.joins[0]).toMatchObject({ nodeId: node.nodeId, token: 'gt_token', declared: { slots: 2 } });
    expect(there.beats[0]?.input).toMatchObject({ busySlots: 0, slots: 2 });
    expect([node.state, ...states]).toEqual(['TESTING', 'TESTING']);
  });

  it('tries again while the network has no time, and gives up with its words when it is refused', async () => {
    const { there } = bench;
    there.refusals.push({ status: 503, message: 'starting' }, { status: 409, message: 'nonce: too old' });
    await bench.startNode();
    expect(there.joins.length).toBe(3);
    there.refusals.push({ status: 401, message: 'token: unknown; ask for a new one' });
    await expect(bench.node().start()).rejects.toThrow(
      'the network refused this node: token: unknown; ask for a new one',
    );
  });

  it('renews its credential in the middle of an answer without losing the order of its frames', async () => {
    const { there } = bench;
    const gate = new Gate();
    const clock = new SteppedClock();
    there.tells = () => clock.ms() + 1_000_000;
    const node = await bench.startGatedNode(gate, { clock });
    const job = bench.job({ expiresAt: new Date(clock.ms() + 1_000_000_000).toISOString() });
    const frames = await there.watch(job.taskId);
    await bench.order(node, job);
    for (let token = 1; token <= 4; token++) {
      const ageUntilRenewed = (): boolean => {
        if (there.renewals < token) clock.step(20_000);
        return there.renewals === token;
      };
      await eventually(ageUntilRenewed);
      gate.let(1);
      await eventually(() => frames.flatMap(({ tokens }) => tokens).length === token);
    }
    gate.let(100);
    await bench.precommitOf(job);
    const { choices } = await bench.reveal(node, job);
    await eventually(() => frames.at(-1)?.finish === 'stop');
    expect(frames.flatMap(({ tokens }) => tokens)).toEqual(choices[0]!.tokens);
    expect(there.joins.length).toBe(1);
  });

  it('joins again when its credential has run out unnoticed, as after a sleep', async () => {
    const { there } = bench;
    const clock = new SteppedClock();
    there.lastsSeconds = 2;
    const node = await bench.startNode({ clock });
    there.lastsSeconds = 3_600;
    await eventually(() => !node.isConnected);
    expect(there.joins.length).toBe(1);
    clock.step(60_000);
    await eventually(() => there.joins.length === 2 && node.isConnected);
    const job = bench.job({ expiresAt: new Date(clock.ms() + 1_000_000).toISOString() });
    await bench.order(node, job);
    await bench.precommitOf(job);
  });

  it('finishes and reveals what it has before it leaves, and takes nothing new', async () => {
    const { there } = bench;
    const gate = new Gate();
    const node = await bench.startGatedNode(gate);
    const job = bench.job();
    await bench.order(node, job);
    const drained = node.drain();
    await eventually(() => there.leaves.length === 1);
    await expect(bench.order(node, bench.job())).rejects.toMatchObject({ code: 'BUSY' });
    gate.let(100);
    await bench.precommitOf(job);
    expect((await bench.reveal(node, job)).choices[0]?.finish).toBe('stop');
    await drained;
    await node.ended();
    expect(node.isConnected).toBe(false);
  });

  it('outlives a restart of the broker', async () => {
    const node = await bench.startNode();
    await bench.broker.server.stop();
    await eventually(() => !node.isConnected);
    await bench.broker.server.run();
    await eventually(() => node.isConnected && bench.there.queue.isConnected);
    const job = bench.job();
    await eventually(() => bench.order(node, job));
    await bench.precommitOf(job);
  });
});
