import type { ModuleName } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, Network } from '@ganglion/testkit';
import { type Connections, connectAll } from './bad-input-connections.fixture.js';
import { errorsIn, logged, memoryOf, processesOf } from './bad-input-processes.fixture.js';
import { counted } from './metrics.fixture.js';
import { Chance } from './bad-input-random.fixture.js';
import { startStory } from './bad-input-story.fixture.js';
import { Tally } from './bad-input-tally.fixture.js';
import { walk } from './bad-input-walk.fixture.js';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { isServing, nodesOf, untilServing } from './nodes.fixture.js';
import { untilSession } from './sessions.fixture.js';

const SEED = 20_261_123;
const MESSAGES = 20_000;
/**
 * The walk is walked twice: the first time warms up what is compiled, cached and pooled, so that the second can be held
 * against it. Garbage that is not collected yet comes and goes by tens of MB; a leak of 10 kB a message would be 100 MB.
 */
const MAX_GROWTH_MB = 64;
const hearing: ModuleName[] = ['session', 'session-queue', 'node-pool', 'cognitive', 'reputation'];

/** Where refusals are counted. */
const counters = {
  refused: [hearing, /^ganglion_answer_ms_count\{.*outcome="INVALID"/],
  foreign: [hearing, /^ganglion_answer_ms_count\{.*outcome="FOREIGN_REPLY"/],
  malformed: [['router', 'session-queue'], /^ganglion_malformed_total\{.*kind="tok"/],
  http: [['router'], /^ganglion_http_requests_total\{.*status="400"/],
  dead: [hearing, /^ganglion_hear_ms_count\{.*outcome="dead"/],
} satisfies Record<string, [ModuleName[], RegExp]>;
type Counts = Record<keyof typeof counters, number>;

describe('bad input', () => {
  let network: Network;
  let connections: Connections;
  let processes: unknown;
  let honest: string[];
  let memory: Map<string, number>;
  let deadLetters = 0;
  const tally = new Tally();

  let client: Ganglion;
  let before: Counts;
  let logs: Map<string, number>;

  const count = async (): Promise<Counts> => {
    const counts = Object.entries(counters).map(async ([name, [modules, pattern]]) => {
      const each = await Promise.all(modules.map((module) => counted(network, module, pattern)));
      return [name, each.reduce((sum, one) => sum + one, 0)];
    });
    return Object.fromEntries(await Promise.all(counts)) as Counts;
  };

  /** A finished task, a closed session and a node: there, and past all harm. */
  const realIds = async (): Promise<Record<string, string>> => {
    const { taskId } = await client.chat(question(JAPAN));
    const { sessionId } = await client.sessions.open({ model: 'tiny' });
    await client.sessions.close(sessionId);
    await untilSession(client, sessionId, 'CLOSED');
    const [node = ''] = honest;
    return { tasks: taskId, sessions: sessionId, models: 'tiny', nodes: node, reputation: node };
  };

  beforeAll(async () => {
    network = Network.ofSetUp();
    honest = (await untilServing(network, 3)).filter(isServing).map(({ nodeId }) => nodeId);
    processes = processesOf(network);
    logs = logged(network);
    before = await count();
    const { apiKey } = await newKey(network, 'of bad input', ['inference', 'admin']);
    client = clientOf(network, apiKey);
    const story = await (await startStory(network)).text;
    const ids = await realIds();
    connections = await connectAll(network);
    const chance = new Chance(SEED);
    const once = { network, apiKey, connections, chance, tally, ids, honestNode: honest[0] ?? '', story };
    deadLetters += await walk(once);
    memory = memoryOf(network);
    deadLetters += await walk(once);
    process.stdout.write(`seed ${SEED}, ${tally.total} messages\n${tally.summary()}\n`);
  }, 600_000);

  afterAll(async () => {
    await connections?.[Symbol.asyncDispose]();
    // What was good after all may have reserved nodes.
    const { items } = await client.sessions.list({ limit: 200 });
    const open = items.filter(({ state }) => ['RESERVING', 'READY', 'DEGRADED'].includes(state));
    await Promise.all(open.map(({ sessionId }) => client.sessions.close(sessionId)));
    await untilServing(network, honest.length);
  });

  it('is answered with a typed error or, where it is good after all, a success', () => {
    expect(tally.offences).toEqual([]);
    expect(tally.total).toBeGreaterThanOrEqual(MESSAGES);
    // Typed, and about the machine and not the input: a hanging kind of message would be more.
    const busy = ['502', '503', '504'].reduce((sum, status) => sum + tally.count('REST', status), 0);
    expect(busy).toBeLessThan(tally.count('REST') / 50);
  });

  it('is counted where it is refused', async () => {
    const now = await count();
    expect(now.refused - before.refused).toBeGreaterThanOrEqual(tally.count('requests', 'INVALID'));
    expect(now.foreign).toBeGreaterThan(before.foreign);
    expect(now.malformed).toBeGreaterThan(before.malformed);
    expect(now.http - before.http).toBeGreaterThanOrEqual(tally.count('REST', '400') / 2);
  });

  it('is laid aside where it is an event that nobody can read, and not delivered again', async () => {
    expect(deadLetters).toBeGreaterThan(0);
    await eventually(
      async () => expect((await count()).dead - before.dead).toBeGreaterThanOrEqual(deadLetters),
      { everyMs: 200 },
    );
  });

  it('ends no process, and leaves no error in a log', () => {
    expect(processesOf(network)).toEqual(processes);
    expect(errorsIn(network, logs)).toEqual([]);
  });

  it('leaves no memory behind', async () => {
    const grown = () => {
      const now = memoryOf(network);
      return [...memory].map(([name, then]) => ({ name, then, now: now.get(name) ?? 0 }));
    };
    await eventually(
      () => expect(grown().filter(({ then, now }) => now - then > MAX_GROWTH_MB)).toEqual([]),
      {
        everyMs: 500,
      },
    );
  });

  it('blames no miner that did no harm', async () => {
    const nodes = (await nodesOf(network)).filter(({ nodeId }) => honest.includes(nodeId));
    expect(nodes).toHaveLength(honest.length);
    expect(nodes.filter(({ state }) => state === 'QUARANTINED' || state === 'OFFLINE')).toEqual([]);
  });

  it('does not keep the network from answering', async () => {
    expect((await clientOf(network).chat(question(JAPAN))).text).toContain('Tokyo');
  });
});
