import type { Ganglion, Piece } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import {
  clientOf,
  type FreshKey,
  JAPAN,
  neverEnding,
  newKey,
  post,
  question,
  send,
  STORY,
} from './client.fixture.js';
import { type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';
import { untilEnded, untilTask } from './tasks.fixture.js';

/** With this pace nobody can have answered before the miner is killed. */
const pace = { tokenMs: 20, slots: 4 };

describe('a miner that is killed in mid-answer', () => {
  let network: NetworkAddress;
  let key: FreshKey;
  let client: Ganglion;
  let slow: OwnMiner;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    key = await newKey(network, 'loses an answer');
    client = clientOf(network, key.apiKey);
    slow = await ownMiner(network, key.keyId, pace);
  });
  afterAll(() => slow[Symbol.asyncDispose]());

  it('is told as an error with a code, on every way an answer takes; nothing is charged', async () => {
    await using session = await openReady(client, { mode: 'dedicated' });
    const { sessionId } = session;
    const asked = { ...question(STORY, neverEnding), ganglion: { sessionId } };
    const lost = { code: 'miner_lost', message: expect.stringMatching(/./) };

    const response = await send(
      { url: network.url, apiKey: key.apiKey },
      '/v1/chat/completions',
      post({ ...asked, stream: true }),
    );
    expect(response.status).toBe(200);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let streamed = '';
    const readOn = async (): Promise<boolean> => {
      const { done, value } = await reader.read();
      streamed += value ?? '';
      return !done;
    };
    while (!/"content":"[^"]/.test(streamed)) expect(await readOn()).toBe(true);

    const socket = client.socket();
    const onSocket = await socket.submit(asked);
    const socketLost = expect(onSocket.final).rejects.toMatchObject(lost);
    const pieces: Piece[] = [];
    const iterated = (async () => {
      for await (const piece of onSocket) pieces.push(piece);
    })();
    const iterationLost = expect(iterated).rejects.toMatchObject(lost);
    await eventually(() => expect(pieces.length).toBeGreaterThan(0));

    const whole = expect(client.chat(asked)).rejects.toMatchObject({ ...lost, status: 502 });
    const ids = await eventually(async () => {
      const { items } = await client.tasks.list({ sessionId });
      expect(items.map(({ state }) => state)).toEqual(['STREAMING', 'STREAMING', 'STREAMING']);
      return items.map(({ taskId }) => taskId);
    });
    await slow.kill();

    while (await readOn());
    const [, error] = /event: error\ndata: (.*)\n\n$/.exec(streamed) ?? [];
    expect(JSON.parse(error ?? 'null')).toMatchObject({ error: { ...lost, type: 'server_error' } });
    expect(streamed).not.toContain('[DONE]');
    await Promise.all([socketLost, iterationLost, whole]);
    socket.close();

    for (const taskId of ids) {
      const task = await untilEnded(client, taskId);
      expect(task).toMatchObject({ state: 'FAILED', reason: lost, result: null });
      expect(task.attempts).toMatchObject([{ nodeId: slow.nodeId, state: 'LOST' }]);
      await expect(client.tasks.receipt(taskId)).rejects.toMatchObject({ status: 409 });
    }
    const usage = await network.ask<{ completionTokens: number }>('/v1/usage', {
      headers: { authorization: `Bearer ${key.apiKey}` },
    });
    expect(usage.completionTokens).toBe(0);

    // The same node comes back with all its slots.
    await slow.run();
    await untilSession(client, sessionId, 'READY');
    const short = { messages: question(JAPAN).messages, max_tokens: 4 };
    const again = await Promise.all(Array.from({ length: 4 }, () => client.tasks.submit(sessionId, short)));
    for (const { taskId } of again) {
      const { attempts } = await untilTask(client, taskId, 'FINALISED');
      expect(attempts).toMatchObject([{ nodeId: slow.nodeId, state: 'ACCEPTED' }]);
    }
  });
});
