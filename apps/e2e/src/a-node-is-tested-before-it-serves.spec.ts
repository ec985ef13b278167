import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { untilServing } from './nodes.fixture.js';
import { advance } from './quiet-clock.fixture.js';
import { type Move, movesOf, rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

interface VerdictRow {
  nodeId: string;
  at: string;
}

const byNode = (moves: Move[]): Move[][] =>
  [...new Set(moves.map(({ entityId }) => entityId))].map((id) =>
    moves.filter(({ entityId }) => entityId === id),
  );

/** What a node did after it was reserved for a session, up to its next reservation. */
const afterServing = (moves: Move[], nodeId: string, sessionId: string): string[] => {
  const own = moves.filter(({ entityId }) => entityId === nodeId);
  const start = own.findIndex(({ to, payload }) => to === 'RESERVED' && payload?.sessionId === sessionId);
  const states = own.slice(start).map(({ to }) => to);
  const next = states.indexOf('RESERVED', 1);
  return next < 0 ? states : states.slice(0, next);
};

describe('a node', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network, (await newKey(network, 'of tested nodes')).apiKey);
  });
  beforeEach(() => untilServing(network, 3));

  const untilTestedAgain = (nodeId: string, sessionId: string): Promise<void> =>
    eventually(
      async () => {
        const states = afterServing(await movesOf(network, 'node-pool', 'node'), nodeId, sessionId);
        expect(states).toEqual(['RESERVED', 'TESTING', 'EPHEMERAL']);
      },
      { everyMs: 200 },
    );

  it('is tested again when its session is closed', async () => {
    const session = await openReady(client);
    const [nodeId] = session.nodes;
    await client.chat(question(JAPAN, { ganglion: { sessionId: session.sessionId } }));
    await session[Symbol.asyncDispose]();
    await untilTestedAgain(nodeId!, session.sessionId);
  });

  it('is tested again when its reservation is over, and replaced before it goes', async () => {
    await using session = await openReady(client, { minNodes: 1, maxNodes: 1, reserveSeconds: 10 });
    const [first] = session.nodes;
    await advance(network, 10_000);
    await untilTestedAgain(first!, session.sessionId);

    const assignments = await rowsOf<{ id: string; nodeId: string }>(
      network,
      `SELECT id, "nodeId" FROM session_queue."Assignment" WHERE "sessionId" = $1`,
      [session.sessionId],
    );
    expect(new Set(assignments.map(({ nodeId }) => nodeId)).size).toBeGreaterThan(1);
    const ids = new Set(assignments.map(({ id }) => id));
    const moves = (await movesOf(network, 'session-queue', 'assignment')).filter(({ entityId }) =>
      ids.has(entityId),
    );
    let serving = 0;
    const servingAfterEach = moves.map(({ from, to }) => {
      if (to === 'ACTIVE') serving += 1;
      if (from === 'ACTIVE') serving -= 1;
      return serving;
    });
    expect(Math.min(...servingAfterEach)).toBe(1);
  });

  it('is tested again after as many tasks as its session wants of it', async () => {
    await using session = await openReady(client, { maxTasks: 2 });
    const [first] = session.nodes;
    const ask = () => client.chat(question(JAPAN, { ganglion: { sessionId: session.sessionId } }));
    await ask();
    await ask();
    await untilTestedAgain(first!, session.sessionId);
    expect((await ask()).text).toContain('Tokyo');
  });

  it('has passed a test before each of its reservations, whatever happened to it', async () => {
    const moves = byNode(await movesOf(network, 'node-pool', 'node'));
    const passed = await rowsOf<VerdictRow>(
      network,
      `SELECT payload->>'nodeId' AS "nodeId", payload->>'at' AS at FROM cognitive."Event"
        WHERE subject = 'evt.cognitive.verdict-given' AND (payload->>'passed')::boolean`,
    );
    const served = moves.filter((own) => own.some(({ to }) => to === 'RESERVED'));
    expect(served.length).toBeGreaterThanOrEqual(3);
    for (const own of moves) {
      expect(own[0]).toMatchObject({ from: null, to: 'REGISTERED' });
      own.forEach((move, at) => {
        expect(move.from).toBe(own[at - 1]?.to ?? null);
        if (move.to === 'RESERVED') expect(move.from).toBe('EPHEMERAL');
        if (move.to !== 'EPHEMERAL') return;
        expect(move.from).toBe('TESTING');
        const since = own[at - 1]!.at.getTime();
        const times = passed
          .filter(({ nodeId }) => nodeId === move.entityId)
          .map((row) => Date.parse(row.at));
        expect(times.filter((time) => time >= since && time <= move.at.getTime())).not.toEqual([]);
      });
    }
  });
});
