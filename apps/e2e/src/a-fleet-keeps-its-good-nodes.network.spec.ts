import {
  eventually,
  type FleetFigures,
  fleetEnv,
  fleetFigures,
  FleetUsers,
  Network,
  type NodePlan,
  planFleet,
  readHistory,
  startFleet,
} from '@ganglion/testkit';
import { isServing, nodesOf } from './nodes.fixture.js';

const MINERS = 12;
/** Slow, but at ten tokens a second yet: a slower node is put away by any test of a long answer, and rightly so. */
const SLOW_BY = 4;
/** Users ask for so long: each session's nodes are tested again three times or more. */
const ASKED_MS = 15_000;

const untilAllServe = (network: Network, ids: readonly string[]): Promise<unknown> =>
  eventually(
    async () => {
      const waiting = (await nodesOf(network)).filter(
        (node) => ids.includes(node.nodeId) && !isServing(node),
      );
      expect(waiting.map(({ nodeId, state }) => `${nodeId} is ${state}`)).toEqual([]);
    },
    { everyMs: 200 },
  );

/** `npm run bench:fleet` in small: the same nodes, users and figures, against services with their own deadlines. */
describe('a fleet with broken, slow, lying and flapping nodes', () => {
  let figures: FleetFigures;
  let plans: Map<string, NodePlan>;

  beforeAll(async () => {
    await using network = await Network.start({ miners: 0, replicas: 1, logLevel: 'warn', env: fleetEnv });
    plans = await startFleet(network, planFleet(MINERS, 1, SLOW_BY));
    const good = [...plans].filter(([, { kind }]) => kind === 'honest' || kind === 'slow').map(([id]) => id);
    await untilAllServe(network, good);
    const asking = { users: 2, nodes: 2, tasksPerSecond: 4, sessionMs: 3_000 };
    await new FleetUsers(network, { ...asking, signal: AbortSignal.timeout(ASKED_MS) }).run();
    await untilAllServe(network, good);
    figures = fleetFigures(await readHistory(network), plans, Date.now());
  }, 150_000);

  const of = (kind: string) => figures.nodes.filter((node) => node.kind === kind);

  it('puts the broken node away after its first round or two, and lets it serve nobody', () => {
    for (const { roundsUntilOut, granted } of of('broken')) {
      expect(roundsUntilOut).toBeGreaterThanOrEqual(1);
      expect(roundsUntilOut).toBeLessThanOrEqual(2);
      expect(granted).toBe(0);
    }
  });

  it('keeps every honest node in service at the end, and puts neither them nor slow ones away', () => {
    expect(figures.falselyBlamed).toEqual([]);
    expect(figures.honestInServiceAtEnd).toBe(1);
  });

  it('grants no task to a node that was not tested since it was last reserved, offline or put away', () => {
    expect(figures.grants.total).toBeGreaterThan(20);
    expect(figures.grants.untested).toEqual([]);
    expect(figures.grants.afterLeaving.accepted).toBe(0);
  });

  it('answers, and only the liar answers wrongly', () => {
    expect(figures.tasks.answers).toBeGreaterThan(20);
    const ofLiars = of('lying').reduce((sum, { accepted }) => sum + accepted, 0);
    expect(figures.tasks.wrong).toBeLessThanOrEqual(ofLiars);
  });
});
