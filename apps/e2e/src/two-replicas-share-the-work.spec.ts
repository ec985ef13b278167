import { type ModuleName, moduleNames, type SessionView } from '@ganglion/contracts';
import { Ganglion } from '@ganglion/sdk';
import { eventually, Network, type Program } from '@ganglion/testkit';
import { JAPAN, newKey, question, send } from './client.fixture.js';
import { nodesOf, untilNode, untilServing } from './nodes.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

const TASKS = 24;
const AT_ONCE = 4;
const short = question(JAPAN, { max_tokens: 8 });

const repeatedly = async <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  const indices = Array.from({ length: count }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of indices) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
};

describe('two replicas of every service', () => {
  let network: Network;
  let routers: Ganglion[];

  beforeAll(async () => {
    network = Network.ofSetUp();
    routers = network.urls.map((url) => new Ganglion({ url, apiKey: network.apiKey }));
    await untilServing(network, 3);
  });

  const program = (name: string): Program => network.processes.get(name) as Program;

  /** How many requests a replica has answered well. */
  const answered = async (name: string): Promise<number> => {
    const lines = (await (await fetch(network.metricsUrls[name]!)).text()).split('\n');
    const counts = lines.filter((line) => /^ganglion_answer_ms_count\{.*outcome="OK"/.test(line));
    return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  it('share the requests, and what follows from each is counted once', async () => {
    const { keyId, apiKey } = await newKey(network, 'of two replicas');
    const clients = network.urls.map((url) => new Ganglion({ url, apiKey }));
    const replicas = ['session', 'session-queue', 'node-pool'].flatMap((module) => [module, `${module}-2`]);
    const before = await Promise.all(replicas.map(answered));
    const { sessionId } = await openReady(clients[0]!, { maxNodes: 1 });
    const asked = { ...short, ganglion: { sessionId } };
    const answers = await repeatedly(TASKS, (index) => clients[index % clients.length]!.chat(asked));
    const tokens = answers.reduce((sum, { usage }) => sum + usage!.completion_tokens, 0);
    await eventually(
      async () => {
        const usage = await rowsOf<{ tasks: number; completionTokens: bigint }>(
          network,
          'SELECT tasks, "completionTokens" FROM session."Usage" WHERE owner = $1',
          [keyId],
        );
        expect(usage.map((row) => [row.tasks, Number(row.completionTokens)])).toEqual([[TASKS, tokens]]);
        const counted = await rowsOf<{ accepted: number }>(
          network,
          'SELECT accepted FROM reputation."SessionStat" WHERE "sessionId" = $1',
          [sessionId],
        );
        expect(counted).toEqual([{ accepted: TASKS }]);
      },
      { everyMs: 200 },
    );
    const after = await Promise.all(replicas.map(answered));
    expect(replicas.filter((_, index) => after[index]! <= before[index]!)).toEqual([]);
    await clients[0]!.sessions.close(sessionId);
  });

  it('know at once what was made through the other router', async () => {
    const [first, second] = routers as [Ganglion, Ganglion];
    const { keyId, apiKey } = await newKey(network, 'made through the first');
    const [, elsewhere] = network.urls as [string, string];
    const asked = await send({ url: elsewhere, apiKey }, '/v1/models');
    expect(asked.status).toBe(200);
    await network.ask(`/v1/keys/${keyId}`, { method: 'DELETE' });
    await eventually(async () => {
      expect((await send({ url: elsewhere, apiKey }, '/v1/models')).status).toBe(401);
    });
    await using session = await openReady(first, { maxNodes: 1 });
    const seen: SessionView = await second.sessions.get(session.sessionId);
    expect(seen).toMatchObject({ sessionId: session.sessionId, state: 'READY', nodes: session.nodes });
    const { choices } = await second.chat({ ...short, ganglion: { sessionId: session.sessionId } });
    expect(choices[0]!.text).not.toBe('');
  });

  it.each<ModuleName>(moduleNames.filter((module) => module !== 'router'))(
    'answer when one %s is killed',
    async (module) => {
      await network.kill(module);
      // A request that the killed one had taken may end in an error that says to try again; the next ones must not.
      await eventually(() => routers[0]!.chat(short));
      for (const router of routers) await router.chat(short);
      await program(module).run();
    },
  );

  it('answer through the other router when one is killed', async () => {
    await network.kill('router-2');
    await routers[0]!.chat(short);
    await program('router-2').run();
    await routers[1]!.chat(short);
  });

  it('have one oracle that leads, and another when that is killed', async () => {
    const oracles = ['oracle', 'oracle-2'];
    const epochs = (name: string): number[] =>
      [...network.logs(name).matchAll(/leads with epoch (\d+)/g)].map(([, epoch]) => Number(epoch));
    const isLeading = (name: string): boolean => {
      const log = network.logs(name);
      return log.lastIndexOf('leads with epoch') > log.lastIndexOf('no longer leads');
    };
    const before = await eventually(() => {
      const leaders = oracles.filter((name) => program(name).isRunning && isLeading(name));
      return leaders.length > 0 && leaders.sort((a, b) => epochs(b).at(-1)! - epochs(a).at(-1)!)[0]!;
    });
    const other = oracles.find((name) => name !== before)!;
    const last = Math.max(...oracles.flatMap(epochs));
    await network.kill(before);
    await eventually(() => expect(Math.max(0, ...epochs(other))).toBeGreaterThan(last));
    await program(before).run();
    // It leads in deed: a node that comes is tested.
    const known = (await nodesOf(network)).map(({ nodeId }) => nodeId);
    const miner = await network.addMiner();
    const added = await eventually(async () =>
      (await nodesOf(network)).find(({ nodeId }) => !known.includes(nodeId)),
    );
    await untilNode(network, added!.nodeId, 'EPHEMERAL', 'RESERVED');
    await network.stopMiner(miner);
  });
});
