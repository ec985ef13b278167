import type { Ganglion } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { clientOf, type FreshKey, neverEnding, newKey, question, STORY } from './client.fixture.js';
import { type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { openReady } from './sessions.fixture.js';

const TOKEN_MS = 20;
/** Free slots stay free: who gets a task is a choice, not a lack of others. */
const SLOTS = 16;
const AT_ONCE = 12;
const TASKS = 48;

describe('the tasks of a session', () => {
  let network: NetworkAddress;
  let key: FreshKey;
  let client: Ganglion;
  let fast: OwnMiner;
  let half: OwnMiner;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    key = await newKey(network, 'shares by speed');
    client = clientOf(network, key.apiKey);
    const start = (tokenMs: number) => ownMiner(network, key.keyId, { tokenMs, slots: SLOTS });
    [fast, half] = await Promise.all([start(TOKEN_MS), start(2 * TOKEN_MS)]);
  });
  afterAll(async () => void (await Promise.all([fast, half].map((own) => own[Symbol.asyncDispose]()))));

  it('are shared by the speed of its nodes: a half as fast one gets half as many', async () => {
    await using session = await openReady(client, { mode: 'dedicated', minNodes: 2, maxNodes: 2 });
    const { sessionId } = session;
    const asked = { ...question(STORY, { ...neverEnding, max_tokens: 16 }), ganglion: { sessionId } };
    let left = TASKS;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await client.chat(asked);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    const { items } = await client.tasks.list({ sessionId, limit: 200 });
    const tasks = await Promise.all(items.map(({ taskId }) => client.tasks.get(taskId)));
    expect(tasks).toHaveLength(TASKS);
    const attempts = tasks.flatMap((task) => task.attempts);
    expect(attempts.map(({ state }) => state)).toEqual(attempts.map(() => 'ACCEPTED'));
    const share = attempts.filter(({ nodeId }) => nodeId === half.nodeId).length / attempts.length;
    // By count, at random it would be a half; the paces are held only as well as a busy machine can.
    expect(share).toBeGreaterThan(1 / 3 - 0.1);
    expect(share).toBeLessThan(1 / 3 + 0.1);
  });
});
