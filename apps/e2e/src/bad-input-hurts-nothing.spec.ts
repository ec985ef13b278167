import type { ModuleName } from '@ganglion/contracts';
import { eventually, Network } from '@ganglion/testkit';
import { type Connections, connectAll } from './bad-input-connections.fixture.js';
import { errorsIn, memoryOf, processesOf } from './bad-input-processes.fixture.js';
import { counted } from './metrics.fixture.js';
import { Chance } from './bad-input-random.fixture.js';
import { startStory } from './bad-input-story.fixture.js';
import { Tally } from './bad-input-tally.fixture.js';
import { walk } from './bad-input-walk.fixture.js';
import { clientOf, JAPAN, question } from './client.fixture.js';
import { nodesOf } from './nodes.fixture.js';
import { untilSession } from './sessions.fixture.js';

const SEED = 20_261_123;
const MESSAGES = 20_000;
/**
 * The walk is walked twice: the first time warms up what is compiled, cached and pooled, so that the second can be held
 * against it. Garbage that is not collected yet comes and goes by tens of MB; a leak of 10 kB a message would be 100 MB.
 */
const MAX_GROWTH_MB = 64;
const hearing: ModuleName[] = ['session', 'session-queue', 'node-pool', 'cognitive', 'reputation'];

describe('bad input', () => {
  let network: Network;
  let connections: Connections;
  let processes: unknown;
  let honest: string[];
  let memory: Map<string, number>;
  let deadLetters = 0;
  const tally = new Tally();

  const total = async (modules: readonly ModuleName[], pattern: RegExp): Promise<number> => {
    const each = await Promise.all(modules.map((name) => counted(network, name, pattern)));
    return each.reduce((sum, count) => sum + count, 0);
  };

  /** A finished task, a closed session and a node: there, and past all harm. */
  const realIds = async (): Promise<Record<string, string>> => {
    const client = clientOf(network);
    const { taskId } = await client.chat(question(JAPAN));
    const { sessionId } = await client.sessions.open({ model: 'tiny' });
    await client.sessions.close(sessionId);
    await untilSession(client, sessionId, 'CLOSED');
    const [node = ''] = honest;
    return { tasks: taskId, sessions: sessionId, models: 'tiny', nodes: node, reputation: node };
  };

  beforeAll(async () => {
    network = await Network.start({ miners: 3 });
    honest = (await nodesOf(network)).map(({ nodeId }) => nodeId);
    processes = processesOf(network);
    const story = await (await startStory(network)).text;
    const ids = await realIds();
    connections = await connectAll(network);
    const chance = new Chance(SEED);
    const once = { network, connections, chance, tally, ids, honestNode: honest[0] ?? '', story };
    deadLetters += await walk(once);
    memory = memoryOf(network);
    deadLetters += await walk(once);
    process.stdout.write(`seed ${SEED}, ${tally.total} messages\n${tally.summary()}\n`);
  }, 600_000);

  afterAll(async () => {
    await connections?.[Symbol.asyncDispose]();
    await network?.stop();
  }, 60_000);

  it('is answered with a typed error or, where it is good after all, a success', () => {
    expect(tally.offences).toEqual([]);
    expect(tally.total).toBeGreaterThanOrEqual(MESSAGES);
    // Typed, and about the machine and not the input: a hanging kind of message would be more.
    const busy = ['502', '503', '504'].reduce((sum, status) => sum + tally.count('REST', status), 0);
    expect(busy).toBeLessThan(tally.count('REST') / 50);
  });

  it('is counted where it is refused', async () => {
    const refused = await total(hearing, /^ganglion_answer_ms_count\{.*outcome="INVALID"/);
    expect(refused).toBeGreaterThanOrEqual(tally.count('requests', 'INVALID'));
    const foreign = await total(hearing, /^ganglion_answer_ms_count\{.*outcome="FOREIGN_REPLY"/);
    expect(foreign).toBeGreaterThan(0);
    const malformed = await total(['router', 'session-queue'], /^ganglion_malformed_total\{.*kind="tok"/);
    expect(malformed).toBeGreaterThan(0);
    const http = await total(['router'], /^ganglion_http_requests_total\{.*status="400"/);
    expect(http).toBeGreaterThanOrEqual(tally.count('REST', '400') / 2);
  });

  it('is laid aside where it is an event that nobody can read, and not delivered again', async () => {
    expect(deadLetters).toBeGreaterThan(0);
    await eventually(
      async () =>
        expect(await total(hearing, /^ganglion_hear_ms_count\{.*outcome="dead"/)).toBeGreaterThanOrEqual(
          deadLetters,
        ),
      { timeoutMs: 20_000, everyMs: 200 },
    );
  });

  it('ends no process, and leaves no error in a log', () => {
    expect(processesOf(network)).toEqual(processes);
    expect(errorsIn(network)).toEqual([]);
  });

  it('leaves no memory behind', async () => {
    const grown = () => {
      const now = memoryOf(network);
      return [...memory].map(([name, then]) => ({ name, then, now: now.get(name) ?? 0 }));
    };
    await eventually(
      () => expect(grown().filter(({ then, now }) => now - then > MAX_GROWTH_MB)).toEqual([]),
      {
        timeoutMs: 20_000,
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
