import type { Frame, SessionView } from '@ganglion/contracts';
import type { Bus } from '@ganglion/messaging';
import type { Ganglion } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, neverEnding, newKey, question, STORY } from './client.fixture.js';
import { hearFrames, listeningBus } from './frames.fixture.js';
import { type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { openReady } from './sessions.fixture.js';
import { untilTask } from './tasks.fixture.js';

type Asked = ReturnType<typeof question> & { ganglion: { sessionId: string } };
interface Running {
  taskId: string;
  pieces: AsyncIterable<{ text: string }>;
  cancel: () => Promise<unknown>;
}

const stream = async (client: Ganglion, asked: Asked): Promise<Running> => {
  const pieces = await client.stream(asked);
  const { taskId } = pieces;
  return { taskId, pieces, cancel: () => client.tasks.cancel(taskId) };
};

describe('the miner of a cancelled task', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let slow: OwnMiner;
  let session: SessionView & AsyncDisposable;
  let bus: Bus & AsyncDisposable;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    const key = await newKey(network, 'stops computing');
    client = clientOf(network, key.apiKey);
    // With one slot it takes no other task while it computes; to the end it would take three quarters of a minute.
    slow = await ownMiner(network, key.keyId, { slots: 1, tokenMs: 50 });
    session = await openReady(client, { mode: 'dedicated' });
    bus = await listeningBus(network);
  });
  afterAll(async () => {
    await bus[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    await slow[Symbol.asyncDispose]();
  });

  it.each<[string, (asked: Asked) => Promise<Running>]>([
    ['its client hangs up', async (asked) => ({ ...(await stream(client, asked)), cancel: async () => {} })],
    ['DELETE', (asked) => stream(client, asked)],
    [
      'the socket',
      async (asked) => {
        const socket = client.socket();
        const task = await socket.submit(asked);
        task.final.finally(() => socket.close()).catch(() => {});
        return { taskId: task.taskId, pieces: task, cancel: () => task.cancel() };
      },
    ],
  ])('computes no more after %s, and takes the next task', async (_, start) => {
    const { sessionId } = session;
    const { taskId, pieces, cancel } = await start({
      ...question(STORY, neverEnding),
      ganglion: { sessionId },
    });
    const frames = hearFrames(bus, taskId);
    for await (const { text } of pieces) {
      if (text === '') continue;
      await cancel();
      break;
    }
    const task = await untilTask(client, taskId, 'CANCELLED');
    const { completionTokens } = await client.tasks.receipt(taskId);
    expect(completionTokens).toBeGreaterThan(0);
    expect(completionTokens).toBeLessThan(neverEnding.max_tokens / 2);
    expect(task.result).toMatchObject({ completionTokens });

    const next = await client.chat(question(JAPAN, { ganglion: { sessionId } }));
    expect(next.text).toContain('Tokyo');
    // Refused by nobody: the slot was free in the miner too.
    const { attempts } = await client.tasks.get(next.taskId);
    expect(attempts.map(({ state }) => state)).toEqual(['ACCEPTED']);
    // Meanwhile nothing more was streamed than is in the receipt.
    expect(lastIndex(frames)).toBe(completionTokens);
    expect(frames.at(-1)).toMatchObject({ finish: 'cancelled' });
  });
});

const lastIndex = (frames: readonly Frame[]): number =>
  Math.max(...frames.map(({ from, tokens }) => from + tokens.length - 1));
