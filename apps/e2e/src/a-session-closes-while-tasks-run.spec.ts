import type { NodeView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, neverEnding, newKey, question, STORY } from './client.fixture.js';
import { ownMiner, type OwnMiner } from './own-miners.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';
import { hasRun, untilEnded, untilTask } from './tasks.fixture.js';

const MAX_TOKENS = 150;
const long = question(STORY, { ...neverEnding, max_tokens: MAX_TOKENS });
/** At this pace all slots are busy for three seconds: a task is running when the session closes. */
const pace = { slots: 2, tokenMs: 10 };

describe('a session that is closed while tasks run', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let miner: OwnMiner;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    const { apiKey, keyId } = await newKey(network, 'closes');
    client = clientOf(network, apiKey);
    miner = await ownMiner(network, keyId, pace);
  });
  afterAll(() => miner?.[Symbol.asyncDispose]());

  it('lets them answer, ends those that wait with the reason, and gives its nodes to their test', async () => {
    const { sessionId } = await openReady(client, { mode: 'dedicated' });
    const submitted = await Promise.all(
      Array.from({ length: pace.slots + 3 }, () => client.tasks.submit(sessionId, long)),
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
    await eventually(async () => {
      const { testedAt } = await network.ask<NodeView>(`/v1/nodes/${miner.nodeId}`);
      expect(Date.parse(testedAt!)).toBeGreaterThan(Date.parse(closed.createdAt));
    });
  });

  it('ends the tasks of a client that waits for them with the reason', async () => {
    const { sessionId } = await openReady(client, { mode: 'dedicated' });
    const before = await Promise.all(
      Array.from({ length: pace.slots + 3 }, () => client.tasks.submit(sessionId, long)),
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
