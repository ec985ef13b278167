import { moduleNames } from '@ganglion/contracts';
import { Ganglion } from '@ganglion/sdk';
import { eventually, Network, type Program } from '@ganglion/testkit';
import { JAPAN, newKey, question } from './client.fixture.js';
import { isServing, nodesOf, untilServing } from './nodes.fixture.js';
import { newJoinToken } from './own-miners.fixture.js';
import { movesOf, rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

const TASKS = 500;
const CLIENTS = 8;
const MINERS = 3;
/** Each module, the broker and the database. */
const SHARE = Math.ceil(TASKS / (moduleNames.length + 2));
const FINAL = ['FINALISED', 'CANCELLED', 'FAILED', 'EXPIRED'];
const { messages } = question(JAPAN);

interface EndedTask {
  id: string;
  state: string;
  reason: { code: string; message: string } | null;
  receipt: { promptTokens: number; completionTokens: number } | null;
}

describe('a network whose every part is restarted under load', () => {
  let network: Network;
  let keyId: string;
  let sessionId: string;
  let honest: string[];
  let movesBefore: number;
  let clients: Ganglion[];
  const accepted: string[] = [];
  const ended: string[] = [];

  beforeAll(async () => {
    network = await Network.start({ miners: MINERS, logLevel: 'info' });
    const key = await newKey(network, 'of the restarts');
    keyId = key.keyId;
    const { token } = await newJoinToken(network, { owner: keyId, maxNodes: MINERS });
    const own = Array.from({ length: MINERS }, () =>
      network.addMiner({ slots: 8, env: { GANGLION_TOKEN: token } }),
    );
    await Promise.all(own);
    clients = network.urls.map((url) => new Ganglion({ url, apiKey: key.apiKey }));
    const size = { mode: 'dedicated', minNodes: MINERS, maxNodes: MINERS } as const;
    const session = await openReady(clients[0]!, { ...size, maxTasks: 10 * TASKS });
    sessionId = session.sessionId;
    honest = (await nodesOf(network)).filter(isServing).map(({ nodeId }) => nodeId);
    movesBefore = (await movesOf(network, 'node-pool', 'node')).length;
    for (const [name, part] of network.processes)
      if ('onUnexpectedEnd' in part)
        (part as Program).onUnexpectedEnd = (_, why) => void ended.push(`${name}: ${why}`);
  }, 240_000);

  afterAll(() => network.stop());

  const program = (name: string): Program => network.processes.get(name) as Program;
  const replicasOf = (module: string): string[] => [module, `${module}-2`];
  const services = (): string[] => moduleNames.flatMap(replicasOf);

  /** A client that is refused, or finds a router away, asks the other one, until it is told that its task is taken. */
  const submit = async (): Promise<void> => {
    let tries = accepted.length;
    const { taskId } = await eventually(
      () => clients[tries++ % clients.length]!.tasks.submit(sessionId, { messages, max_tokens: 8 }),
      { everyMs: 100 },
    );
    accepted.push(taskId);
  };

  /** Submits this stage's share of the tasks while `work` is done. */
  const under = async (work: Promise<void>): Promise<void> => {
    const total = accepted.length + SHARE;
    const client = async (): Promise<void> => {
      while (accepted.length < total) await submit();
    };
    await Promise.all([work, ...Array.from({ length: CLIENTS }, client)]);
  };

  const tasks = (): Promise<EndedTask[]> =>
    rowsOf(network, 'SELECT id, state::text, reason, receipt FROM session_queue."Task" WHERE owner = $1', [
      keyId,
    ]);

  it.each(moduleNames)('takes tasks while all of %s is restarted', async (module) => {
    const restart = async (): Promise<void> => {
      await Promise.all(replicasOf(module).map((name) => network.restart(name)));
    };
    await under(restart());
  });

  it.each([
    ['nats', 'broker', services],
    [
      'postgres',
      'database',
      () => ['session', 'session-queue', 'node-pool', 'cognitive'].flatMap(replicasOf),
    ],
  ] as const)(
    'is not ready while %s is away, says so, and comes back by itself',
    async (server, check, who) => {
      const away = async (): Promise<void> => {
        const part = network.processes.get(server)!;
        await part.stop();
        try {
          await eventually(async () => {
            for (const name of who())
              expect([name, await program(name).readiness()]).toMatchObject([
                name,
                { status: 503, checks: { [check]: false } },
              ]);
          });
        } finally {
          await part.run();
        }
        await eventually(
          async () => {
            for (const name of services())
              expect([name, await program(name).readiness()]).toMatchObject([name, { status: 200 }]);
          },
          { everyMs: 200 },
        );
      };
      await under(away());
    },
  );

  it('ends every task exactly once, and none otherwise than well', async () => {
    expect(accepted.length).toBeGreaterThanOrEqual(TASKS);
    await eventually(
      async () => {
        const open = (await tasks()).filter(({ state }) => !FINAL.includes(state));
        expect(open.map(({ id, state }) => `${id} ${state}`)).toEqual([]);
      },
      { timeoutMs: 150_000, everyMs: 250 },
    );
    const all = new Map((await tasks()).map((task) => [task.id, task]));
    const others = accepted.map((id) => all.get(id)).filter((task) => task?.state !== 'FINALISED');
    expect(others.map((task) => `${task?.id} ${task?.state} ${task?.reason?.message}`)).toEqual([]);
    const twice = await rowsOf(
      network,
      `SELECT "entityId", count(*)::int FROM session_queue."Event"
        WHERE entity = 'task' AND "to" = ANY($1) GROUP BY "entityId" HAVING count(*) <> 1`,
      [FINAL],
    );
    expect(twice).toEqual([]);
  });

  it('charges what the receipts say', async () => {
    await eventually(
      async () => {
        const charged = (await tasks()).filter(({ state }) => state === 'FINALISED' || state === 'CANCELLED');
        const sum = (of: 'promptTokens' | 'completionTokens'): number =>
          charged.reduce((total, { receipt }) => total + (receipt?.[of] ?? 0), 0);
        const rows = await rowsOf<Record<string, unknown>>(
          network,
          'SELECT tasks, "promptTokens", "completionTokens" FROM session."Usage" WHERE owner = $1',
          [keyId],
        );
        expect(rows.map((row) => Object.values(row).map(Number))).toEqual([
          [charged.length, sum('promptTokens'), sum('completionTokens')],
        ]);
      },
      { everyMs: 250 },
    );
  });

  it('blames no node for it, and no process ended by itself', async () => {
    const moves = (await movesOf(network, 'node-pool', 'node')).slice(movesBefore);
    const blamed = moves.filter(({ to, entityId }) => to === 'QUARANTINED' && honest.includes(entityId));
    expect(blamed.map(({ entityId, reason }) => `${entityId}: ${reason?.message}`)).toEqual([]);
    expect(ended).toEqual([]);
    await untilServing(network, honest.length);
  });
});
