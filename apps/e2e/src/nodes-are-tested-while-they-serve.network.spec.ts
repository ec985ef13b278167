import type { Ganglion } from '@ganglion/sdk';
import { eventually, Network, type TestMiner } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { movesOf, rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

const NODES = 3;

interface Judged {
  nodeId: string;
  passed: boolean;
}

describe('nodes of a session that lasts', () => {
  let network: Network;
  let client: Ganglion;
  let miners: TestMiner[];
  beforeAll(async () => {
    const env = { 'node-pool': { SERVING_TEST_SECONDS: '1' } };
    network = await Network.start({ miners: 0, replicas: 1, env });
    miners = await network.addTestMiners(NODES, { slots: 2 });
    await network.untilServing(NODES);
    client = clientOf(network, (await newKey(network, 'of a long session')).apiKey);
  });
  afterAll(() => network.stop());

  /** Verdicts on nodes that were serving. */
  const judged = (): Promise<Judged[]> =>
    rowsOf<Judged>(
      network,
      `SELECT payload->>'nodeId' AS "nodeId", (payload->>'passed')::boolean AS passed FROM cognitive."Event"
        WHERE subject = 'evt.cognitive.verdict-given' AND (payload->>'serving')::boolean`,
    );

  it('are tested meanwhile, and go on serving it, unbilled', async () => {
    await using session = await openReady(client, { minNodes: 2, maxNodes: 2 });
    const ask = () => client.chat(question(JAPAN, { ganglion: { sessionId: session.sessionId } }));
    let asked = 0;
    const passed = await eventually(
      async () => {
        expect((await ask()).text).toContain('Tokyo');
        asked++;
        const nodes = (await judged()).filter((one) => one.passed).map(({ nodeId }) => nodeId);
        expect(new Set(nodes)).toEqual(new Set(session.nodes));
        return nodes;
      },
      { everyMs: 300, timeoutMs: 150_000 },
    );
    expect((await client.sessions.get(session.sessionId)).nodes.sort()).toEqual([...session.nodes].sort());
    const moves = await movesOf(network, 'node-pool', 'node');
    for (const nodeId of passed)
      expect(moves.filter(({ entityId }) => entityId === nodeId).at(-1)?.to).toBe('RESERVED');
    const [booked] = await rowsOf<{ tasks: number }>(
      network,
      `SELECT sum("tasksDone")::int AS tasks FROM session_queue."Assignment" WHERE "sessionId" = $1`,
      [session.sessionId],
    );
    expect(booked!.tasks).toBe(asked);

    const [nodeId] = session.nodes;
    const { declared, verified, tokensPerSecond } = await client.node(nodeId!);
    expect(declared).toMatchObject({ slots: 2, modelDigests: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
    expect(verified?.decodeTokensPerSecond).toBe(tokensPerSecond);
    expect(verified?.prefillTokensPerSecond).toBeGreaterThan(0);
    expect(verified?.ttftMs).toBeGreaterThan(0);
  });

  it('are put away and replaced when they lie, though no user asked anything', async () => {
    await using session = await openReady(client, { minNodes: 2, maxNodes: 2 });
    const liar = miners.find(({ nodeId }) => session.nodes.includes(nodeId))!;
    await liar.misbehave('other-answer');
    const { reason } = await untilNode(network, liar.nodeId, 'QUARANTINED');
    expect(reason).toMatchObject({ code: 'wrong_answer' });
    await eventually(async () => {
      const { state, nodes } = await client.sessions.get(session.sessionId);
      expect(state).toBe('READY');
      expect(nodes).toHaveLength(2);
      expect(nodes).not.toContain(liar.nodeId);
    });
    expect((await judged()).filter(({ passed }) => !passed).map(({ nodeId }) => nodeId)).toEqual([
      liar.nodeId,
    ]);
  });
});
