import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, type FreshKey, JAPAN, newKey, post, question, send } from './client.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { openReady } from './sessions.fixture.js';
import { readStream } from './stream.fixture.js';

describe('a miner that is killed before its first token', () => {
  let network: NetworkAddress;
  let key: FreshKey;
  let client: Ganglion;
  let stalling: OwnMiner;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    key = await newKey(network, 'loses a miner');
    client = clientOf(network, key.apiKey);
    stalling = await ownMiner(network, key.keyId, { slots: 2 });
  });
  afterAll(() => stalling[Symbol.asyncDispose]());

  it('is replaced at once by another attempt, and the client sees only a normal answer', async () => {
    await using session = await openReady(client, { mode: 'dedicated', minNodes: 1, maxNodes: 2 });
    const { sessionId } = session;
    await stalling.misbehave('stalls');
    const asked = question(JAPAN, { ganglion: { sessionId } });
    const stream = send(
      { url: network.url, apiKey: key.apiKey },
      '/v1/chat/completions',
      post({ ...asked, stream: true }),
    ).then(readStream);
    const answer = client.chat(asked);

    const held = await eventually(async () => {
      const { items } = await client.tasks.list({ sessionId, limit: 200 });
      const tasks = await Promise.all(items.map(({ taskId }) => client.tasks.get(taskId)));
      expect(tasks.map(({ attempts }) => attempts.map(({ state }) => state))).toEqual([['ACKED'], ['ACKED']]);
      return items.map(({ taskId }) => taskId);
    });
    await using other = await ownMiner(network, key.keyId);
    await stalling.kill();

    expect((await answer).text).toContain('Tokyo');
    const { chunks, isDone } = await stream;
    expect(isDone).toBe(true);
    const streamed = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(streamed.match(/Tokyo/g)).toHaveLength(1);
    for (const taskId of held) {
      const { state, attempts } = await client.tasks.get(taskId);
      expect(state).toBe('FINALISED');
      expect(attempts).toMatchObject([
        { nodeId: stalling.nodeId, state: 'LOST', reason: { code: 'node_offline' } },
        { nodeId: other.nodeId, state: 'ACCEPTED' },
      ]);
    }
    // Its connection told, long before its silence would have.
    expect((await untilNode(network, stalling.nodeId, 'OFFLINE')).reason).toMatchObject({
      code: 'disconnected',
    });
  });
});
