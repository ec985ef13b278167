import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, endless, ENDLESS_TOKENS, JAPAN, newKey, question } from './client.fixture.js';
import { untilNode, untilServing } from './nodes.fixture.js';
import { ownMiner } from './own-miners.fixture.js';
import { advance } from './quiet-clock.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';
import { hasRun, untilEnded } from './tasks.fixture.js';

describe('a session', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let keyId: string;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    const key = await newKey(network, 'ends');
    client = clientOf(network, key.apiKey);
    keyId = key.keyId;
  });
  beforeEach(() => untilServing(network, 3));

  it('whose time is over stops what runs with what was made, ends what waits, and says why', async () => {
    const slots = 2;
    await using miner = await ownMiner(network, keyId, { slots, tokenMs: 1 });
    const { sessionId } = await openReady(client, { mode: 'dedicated', ttlSeconds: 20 });
    const submitted = await Promise.all(
      Array.from({ length: slots + 2 }, () => client.tasks.submit(sessionId, endless(sessionId))),
    );
    await eventually(async () => {
      const { items } = await client.tasks.list({ sessionId });
      expect(items.filter(({ state }) => state === 'STREAMING')).toHaveLength(slots);
    });
    await advance(network, 20_000);

    const expired = await untilSession(client, sessionId, 'EXPIRED');
    expect(expired.reason).toMatchObject({ code: 'session_expired' });
    const ended = await Promise.all(submitted.map(({ taskId }) => untilEnded(client, taskId)));
    for (const { state, reason } of ended)
      expect({ state, reason }).toMatchObject({ state: 'CANCELLED', reason: { code: 'session_expired' } });
    expect(ended.filter((task) => !hasRun(task))).toHaveLength(2);
    // On a busy machine one may be too late with what it made: then there is no receipt.
    const committed = ended.filter(({ result }) => result !== null);
    expect(committed.length).toBeGreaterThan(0);
    for (const { taskId } of committed) {
      const receipt = await client.tasks.receipt(taskId);
      expect(await client.verify(receipt)).toMatchObject({ ok: true });
      expect(receipt.completionTokens).toBeGreaterThan(0);
      expect(receipt.completionTokens).toBeLessThan(ENDLESS_TOKENS);
    }
    await eventually(async () => expect((await client.sessions.get(sessionId)).nodes).toEqual([]));
    await untilNode(network, miner.nodeId, 'EPHEMERAL', 'RESERVED');
    const late = client.tasks.submit(sessionId, { messages: question(JAPAN).messages });
    await expect(late).rejects.toMatchObject({ status: 409, message: expect.stringContaining('EXPIRED') });
  });

  it('that never got its nodes fails when its time is over, and so do the tasks that wait in it', async () => {
    await using holder = await openReady(client, { minNodes: 2, maxNodes: 2 });
    expect(holder.nodes).toHaveLength(2);
    const { sessionId, state } = await client.sessions.open({
      model: 'tiny',
      minNodes: 3,
      maxNodes: 3,
      ttlSeconds: 15,
    });
    expect(state).toBe('RESERVING');
    const submitted = await Promise.all(
      Array.from({ length: 5 }, () => client.tasks.submit(sessionId, endless(sessionId))),
    );
    await advance(network, 15_000);
    const failed = await untilSession(client, sessionId, 'FAILED');
    expect(failed.reason).toMatchObject({ code: 'never_ready', message: expect.stringContaining('3') });
    for (const { taskId } of submitted)
      expect(await untilEnded(client, taskId)).toMatchObject({
        state: 'CANCELLED',
        reason: { code: 'never_ready' },
      });
    await eventually(async () => expect((await client.sessions.get(sessionId)).nodes).toEqual([]));
    expect((await client.sessions.get(holder.sessionId)).state).toBe('READY');
  });

  it('gives each node to its test after maxTasks tasks, and never has fewer than minNodes', async () => {
    await using session = await openReady(client, { minNodes: 1, maxNodes: 2, maxTasks: 2 });
    const { sessionId } = session;
    const answers = Array.from({ length: 12 }, () =>
      client.chat(question(JAPAN, { ganglion: { sessionId } })),
    );
    for (const { text } of await Promise.all(answers)) expect(text).toContain('Tokyo');
    // One of them may have come when the others had answered everything.
    await eventually(
      async () => {
        const done = await rowsOf<{ state: string; code: string }>(
          network,
          `SELECT state, reason->>'code' AS code FROM session_queue."Assignment"
            WHERE "sessionId" = $1 AND "tasksDone" >= 2`,
          [sessionId],
        );
        expect(done.length).toBeGreaterThan(0);
        for (const node of done) expect(node).toEqual({ state: 'ENDED', code: 'rotated' });
      },
      { everyMs: 200 },
    );
    const moves = await rowsOf<{ from: string | null; to: string }>(
      network,
      `SELECT e."from", e."to" FROM session_queue."Event" e
        JOIN session_queue."Assignment" a ON a.id::text = e."entityId"
        WHERE e.entity = 'assignment' AND a."sessionId" = $1 ORDER BY e.sequence`,
      [sessionId],
    );
    let serving = 0;
    const counts = moves.map(({ from, to }) => {
      if (to === 'ACTIVE') serving += 1;
      if (from === 'ACTIVE') serving -= 1;
      return serving;
    });
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
  });
});
