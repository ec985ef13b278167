import { randomUUID } from 'node:crypto';
import { cognitive, Fault, type InputOf, type OutputOf, type Request } from '@ganglion/contracts';
import type { Bus } from '@ganglion/messaging';
import { Health, Metrics } from '@ganglion/runtime';
import { eventually } from '@ganglion/testkit';
import { headers } from '@nats-io/nats-core';
import { Broker, MovedClock } from './broker.fixture.js';
import { LeaseService } from './lease.service.js';
import { OracleService } from './oracle.service.js';
import { ProbeService } from './probe.service.js';
import { TimingService } from './timing.service.js';

type Tick = OutputOf<typeof cognitive.tick>;
const nodes = ['A', 'B', 'C'].map((letter) => `U${letter.repeat(55)}`);
const challenge = { prompt: 'What is 2 plus 2?', answer: '4', maxTokens: 8 };
const due = (nodeIds: string[]): Tick['due'][number] => ({
  model: 'tiny',
  modelDigest: 'd'.repeat(64),
  nodeIds,
  challenges: [challenge],
});
const round = (nodeIds: string[]): OutputOf<typeof cognitive.open>['round'] => ({
  roundId: randomUUID(),
  state: 'PREPARED',
  reason: null,
  model: 'tiny',
  modelDigest: 'd'.repeat(64),
  epoch: 1,
  creator: 'oracle',
  preparer: 'oracle',
  participants: nodeIds,
  verdicts: [],
  createdAt: new Date().toISOString(),
  endedAt: null,
  history: [],
});

describe('the oracle', () => {
  let broker: Broker;
  let others: Bus;
  let oracle: OracleService;
  let lease: LeaseService;
  let clock: MovedClock;
  let timing: TimingService;

  beforeAll(async () => {
    broker = await Broker.start();
  });
  beforeEach(async () => {
    await broker.renewBucket();
    const bus = await broker.connect('oracle');
    others = await broker.connect('others');
    clock = new MovedClock();
    const metrics = new Metrics('oracle');
    lease = new LeaseService(bus, clock, new Health(), metrics);
    timing = new TimingService(bus, clock);
    oracle = new OracleService(bus, lease, timing, new ProbeService(bus, clock, metrics));
    await lease.turn();
  });
  afterEach(async () => {
    timing.stop();
    await broker.closeConnections();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  /** Answers a request as cognitive would; a Fault is answered as one. */
  const answer = async <R extends Request>(
    message: R,
    handle: (input: InputOf<R>) => unknown,
  ): Promise<void> => {
    others.nats.subscribe(message.subject, {
      callback: (_error, msg) => {
        const output = handle(msg.json() as InputOf<R>);
        if (!(output instanceof Fault)) return void msg.respond(JSON.stringify(output));
        const hdrs = headers();
        hdrs.set('Fault', output.code);
        msg.respond(JSON.stringify(output.toBody()), { headers: hdrs });
      },
    });
    await others.nats.flush();
  };

  it('listens to the tasks of a round before the tick that starts them, and reports what it hears', async () => {
    const node = nodes[0]!;
    const taskId = randomUUID();
    const frame = { attempt: 1, choice: 0, from: 1, link: '0'.repeat(64) };
    const timed: InputOf<typeof cognitive.timed>[] = [];
    let ticks = 0;
    await answer(cognitive.tick, () => {
      ticks += 1;
      if (ticks === 1) return { due: [due([node])], probe: [] };
      others.publishFrame(node, taskId, { ...frame, tokens: [[1, '4']], finish: 'stop' });
      return { due: [], probe: [] };
    });
    await answer(cognitive.open, () => ({ round: round([node]), tasks: [{ nodeId: node, taskId }] }));
    await answer(cognitive.timed, (input) => (timed.push(input), {}));
    await oracle.turn();
    await eventually(() => timed.length === 1);
    expect(ticks).toBe(2);
    expect(timed[0]).toMatchObject({ epoch: 1, taskId, nodeId: node });
    const { ttftMs, tokensPerSecond } = timed[0]!.measured;
    expect(ttftMs).toBeGreaterThan(0);
    expect(tokensPerSecond).toBeCloseTo(1_000 / ttftMs!);
  });

  it('reports a silent node as silent when it has waited long enough', async () => {
    const node = nodes[0]!;
    const taskId = randomUUID();
    const timed: InputOf<typeof cognitive.timed>[] = [];
    await answer(cognitive.timed, (input) => (timed.push(input), {}));
    timing.watch(1, { nodeId: node, taskId });
    await timing.giveUp();
    expect(timed).toEqual([]);
    clock.move(300_000);
    await timing.giveUp();
    const nothing = { ttftMs: null, tokensPerSecond: null, durationMs: null };
    const span = { from: expect.any(Number) as number, first: null, end: null };
    expect(timed).toEqual([{ epoch: 1, taskId, nodeId: node, measured: nothing, span }]);
  });

  it('opens rounds of at most eight', async () => {
    const many = Array.from({ length: 10 }, (_, n) => `U${'ABCDEFGHIJ'[n]!.repeat(55)}`);
    const opened: number[] = [];
    await answer(cognitive.tick, () => ({ due: opened.length === 0 ? [due(many)] : [], probe: [] }));
    await answer(cognitive.open, ({ nodeIds, challenge: asked }) => {
      expect(asked).toEqual(challenge);
      opened.push(nodeIds.length);
      return { round: round(nodeIds), tasks: [] };
    });
    await oracle.turn();
    expect(opened).toEqual([8, 2]);
  });

  it('gives each node that serves a round of its own, and says that it serves', async () => {
    const opened: { nodeIds: string[]; serving: boolean | undefined }[] = [];
    const groups = [due([nodes[0]!]), { ...due(nodes.slice(1)), serving: true }];
    await answer(cognitive.tick, () => ({ due: opened.length === 0 ? groups : [], probe: [] }));
    await answer(cognitive.open, ({ nodeIds, serving }) => {
      opened.push({ nodeIds, serving });
      return { round: round(nodeIds), tasks: [] };
    });
    await oracle.turn();
    expect(opened).toEqual([
      { nodeIds: [nodes[0]], serving: undefined },
      { nodeIds: [nodes[1]], serving: true },
      { nodeIds: [nodes[2]], serving: true },
    ]);
  });

  it('goes on with other nodes when some were taken in the meantime', async () => {
    const opened: string[] = [];
    await answer(cognitive.tick, () => ({
      due:
        opened.length === 0 ? [due([nodes[0]!]), { ...due([nodes[1]!]), modelDigest: 'e'.repeat(64) }] : [],
      probe: [],
    }));
    await answer(cognitive.open, ({ nodeIds }) => {
      if (nodeIds[0] === nodes[0]) return new Fault('CONFLICT', 'taken');
      opened.push(...nodeIds);
      return { round: round(nodeIds), tasks: [] };
    });
    await oracle.turn();
    expect(opened).toEqual([nodes[1]]);
  });

  it('steps down when a later leader was heard, and leads above it the next time', async () => {
    await answer(cognitive.tick, () => new Fault('STALE', 'over', { highest: 40 }));
    await oracle.turn();
    expect(lease.epoch).toBeNull();
    await lease.turn();
    expect(lease.epoch).toBe(41);
  });

  it('keeps leading while cognitive is away', async () => {
    await oracle.turn();
    expect(lease.epoch).toBe(1);
  });

  it('does nothing while it does not lead', async () => {
    let ticks = 0;
    await answer(cognitive.tick, () => ((ticks += 1), { due: [], probe: [] }));
    await lease.resign();
    await oracle.turn();
    expect(ticks).toBe(0);
  });

  it('probes the listed nodes: one that answers, one that faults, one that is away', async () => {
    const [there, faulty, away] = nodes as [string, string, string];
    const reports: InputOf<typeof cognitive.probed>[] = [];
    others.nats.subscribe(`job.${there}.probe`, {
      callback: (_error, msg) =>
        void msg.respond(JSON.stringify({ at: new Date().toISOString(), busySlots: 0 })),
    });
    others.nats.subscribe(`job.${faulty}.probe`, {
      callback: (_error, msg) => {
        const hdrs = headers();
        hdrs.set('Fault', 'INTERNAL');
        msg.respond(JSON.stringify({ code: 'INTERNAL', message: 'a bug' }), { headers: hdrs });
      },
    });
    let named = nodes;
    await answer(cognitive.tick, () => ({ due: [], probe: named }));
    await answer(cognitive.probed, (input) => (reports.push(input), {}));
    await oracle.turn();
    await eventually(() => reports.length === 1);
    const rtt = (node: string) => reports[0]!.probes.find(({ nodeId }) => nodeId === node)?.rttMs;
    expect(rtt(there)).toBeGreaterThan(0);
    expect(rtt(faulty)).toBeGreaterThan(0);
    expect(rtt(away)).toBeNull();

    // Another replica of the pool names them too, and one more.
    const other = `U${'Z'.repeat(55)}`;
    named = [...nodes, other];
    await oracle.turn();
    await eventually(() => reports.length === 2);
    expect(reports[1]!.probes).toEqual([{ nodeId: other, rttMs: null }]);
  });
});
