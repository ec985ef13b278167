import type { NodeView, SessionView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, neverEnding, newKey, question, STORY } from './client.fixture.js';
import { nodesOf, untilServing } from './nodes.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';
import { hasRun, untilEnded, untilTask } from './tasks.fixture.js';

/** Long enough to be running when the session closes. */
const MAX_TOKENS = 250;
const long = question(STORY, { ...neverEnding, max_tokens: MAX_TOKENS });

describe('a session that is closed while tasks run', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network, (await newKey(network, 'closes')).apiKey);
    await untilServing(network, 3);
  });

  const slotsOf = async ({ nodes }: SessionView): Promise<number> =>
    (await nodesOf(network)).find(({ nodeId }) => nodeId === nodes[0])!.slots;

  it('lets them answer, ends those that wait with the reason, and gives its nodes to their test', async () => {
    const session = await openReady(client);
    const { sessionId } = session;
    const slots = await slotsOf(session);
    const submitted = await Promise.all(
      Array.from({ length: slots + 3 }, () => client.tasks.submit(sessionId, long)),
    );
    // The slots are taken in no particular order; all of them are before anything is answered.
    const first = await Promise.all(submitted.map(({ taskId }) => client.tasks.get(taskId)));
    const streaming = first.find(hasRun) ?? first[0]!;
    await untilTask(client, streaming.taskId, 'STREAMING');

    const closing = await client.sessions.close(sessionId);
    expect(closing).toMatchObject({ state: 'CLOSING', reason: { code: 'session_closed' } });
    expect(await client.sessions.close(sessionId)).toMatchObject({
      sessionId,
      state: expect.stringMatching(/^CLOS(ING|ED)$/),
    });
    await expect(client.tasks.submit(sessionId, long)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('CLOS'),
    });

    const ended = await Promise.all(submitted.map(({ taskId }) => untilEnded(client, taskId)));
    const ran = ended.filter(hasRun);
    const waited = ended.filter((task) => !hasRun(task));
    expect(ran.length).toBeGreaterThan(0);
    expect(waited.length).toBeGreaterThan(0);
    for (const { state, reason, result } of ran) {
      expect({ state, reason }).toEqual({ state: 'FINALISED', reason: null });
      expect(result).toMatchObject({ completionTokens: MAX_TOKENS });
    }
    for (const { state, reason, result } of waited)
      expect({ state, reason, result }).toMatchObject({
        state: 'CANCELLED',
        reason: { code: 'session_closed' },
        result: null,
      });

    const closed = await untilSession(client, sessionId, 'CLOSED');
    expect(closed.nodes).toEqual([]);
    const [nodeId] = session.nodes;
    await eventually(
      async () => {
        const { testedAt } = await network.ask<NodeView>(`/v1/nodes/${nodeId}`);
        expect(Date.parse(testedAt!)).toBeGreaterThan(Date.parse(closed.createdAt));
      },
      { everyMs: 100 },
    );
  });

  it('ends the tasks of a client that waits for them with the reason', async () => {
    const session = await openReady(client);
    const { sessionId } = session;
    const slots = await slotsOf(session);
    const before = await Promise.all(
      Array.from({ length: slots + 3 }, () => client.tasks.submit(sessionId, long)),
    );
    const known = new Set(before.map(({ taskId }) => taskId));
    const waiting = client.chat({ ...long, ganglion: { sessionId } });
    const refused = expect(waiting).rejects.toMatchObject({ status: 409, code: 'session_closed' });
    await eventually(async () => {
      const { items } = await client.tasks.list({ sessionId, limit: 200 });
      expect(items.filter(({ taskId }) => !known.has(taskId))).toMatchObject([{ state: 'QUEUED' }]);
    });
    await client.sessions.close(sessionId);
    await refused;
    await untilSession(client, sessionId, 'CLOSED');
  });
});
