import type { KeyLimits, KeyView, UsageDays } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, neverEnding, newKey, post, question, send, STORY } from './client.fixture.js';
import { untilServing } from './nodes.fixture.js';

describe('a key with limits', () => {
  let network: NetworkAddress;
  let keyId: string;
  let client: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    await untilServing(network, 1);
    const key = await newKey(network, 'limited');
    keyId = key.keyId;
    client = clientOf(network, key.apiKey);
  });

  const change = (limits: Partial<KeyLimits>): Promise<KeyView> =>
    network.ask(`/v1/keys/${keyId}`, { method: 'PATCH', body: JSON.stringify({ limits }) });
  const ask = () => client.chat(question(JAPAN, { max_tokens: 4 }));
  const refused = (code: string, named: RegExp) => ({
    name: 'GanglionError',
    status: 429,
    code,
    message: expect.stringMatching(named),
  });

  it('has so many tasks at once, and the next when one of them ends', async () => {
    await change({ concurrentTasks: 1 });
    const socket = client.socket();
    try {
      const running = await socket.submit(question(STORY, neverEnding));
      await expect(ask()).rejects.toMatchObject(refused('quota_exceeded', /concurrentTasks/));
      await client.tasks.cancel(running.taskId);
      await running.final.catch(() => undefined);
      await eventually(ask);
      // A task that is refused for another reason takes no place.
      await expect(client.chat({ ...question(JAPAN), model: 'no-such-model' })).rejects.toMatchObject({
        status: 404,
      });
      await eventually(ask);
    } finally {
      socket.close();
    }
  });

  it('is shown by the day with what it has used, and has no more than its tokens of the day', async () => {
    const today = new Date().toISOString().slice(0, 10);
    await change({ concurrentTasks: null });
    await ask();
    const used = await eventually(async () => {
      const { items } = await network.ask<UsageDays>('/v1/usage/days');
      const mine = items.find((item) => item.keyId === keyId);
      expect(mine).toMatchObject({ tasks: expect.any(Number), promptTokens: expect.any(Number) });
      return mine!;
    });
    expect(used.day >= today).toBe(true);
    await change({ tokensPerDay: 1 });
    await expect(ask()).rejects.toMatchObject(refused('quota_exceeded', /tokensPerDay.*T00:00:00\.000Z/));
    expect((await change({ tokensPerDay: null })).limits.tokensPerDay).toBeNull();
    await ask();
  });

  it('asks so often in a minute, as soon as that was said', async () => {
    await change({ requestsPerMinute: 2 });
    await eventually(async () => {
      await expect(client.models()).rejects.toMatchObject(
        refused('rate_limit_exceeded', /requestsPerMinute/),
      );
    });
    await change({ requestsPerMinute: null });
    await eventually(() => client.models());
  });

  it('asks no more often because there are several routers', async () => {
    const MOST = 60;
    const { apiKey, keyId: other } = await newKey(network, 'of two routers');
    await network.ask(`/v1/keys/${other}`, {
      method: 'PATCH',
      body: JSON.stringify({ limits: { requestsPerMinute: MOST } }),
    });
    const [first, second] = network.urls.map((url) => async () => {
      const headers = { authorization: `Bearer ${apiKey}` };
      return (await fetch(new URL('/v1/models', url), { headers })).status;
    });
    const asked = await Promise.all(Array.from({ length: MOST + 10 }, () => first!()));
    expect(asked).toContain(429);
    let tries = 0;
    await eventually(async () => {
      tries += 1;
      expect(await second!()).toBe(429);
    });
    expect(tries).toBeLessThan(MOST / 2);
  });

  it('logs nobody in, and an operator’s key does', async () => {
    const { apiKey } = await newKey(network, 'no operator');
    const logIn = (key: string) => send(network, '/admin/login', post({ key }));
    expect((await logIn(apiKey)).status).toBe(403);
    const cookie = (await logIn(network.apiKey)).headers.get('set-cookie')?.split(';')[0] ?? '';
    // Every router opens what another has sealed.
    for (const url of network.urls) {
      const asked = await fetch(new URL('/v1/keys', url), { headers: { cookie } });
      expect(asked.status).toBe(200);
      const { items } = (await asked.json()) as { items: KeyView[] };
      expect(items.map((item) => item.keyId)).toContain(keyId);
    }
  });
});
