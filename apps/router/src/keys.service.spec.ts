import { jest } from '@jest/globals';
import {
  Fault,
  type KeyLimits,
  type KeyView,
  noLimits,
  session,
  type SpentRequests,
  spentRequests,
} from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { io, type Socket } from 'socket.io-client';
import { ADMIN_KEY, API_KEY, hashOf, Neighbours } from './neighbours.fixture.js';

jest.setTimeout(30_000);

const KEY_ID = 'b7d0f1a6-3f0e-4a67-9d6e-0f4a4f1c2d3e';
const view: KeyView = {
  keyId: KEY_ID,
  name: 'test',
  scopes: ['inference'],
  limits: noLimits,
  createdAt: '2026-01-01T00:00:00.000Z',
  revokedAt: null,
  usage: { tasks: 0, promptTokens: 0, completionTokens: 0 },
};
const request = { model: 'tiny', messages: [{ role: 'user', content: 'hi' }] };

describe('API keys', () => {
  let neighbours: Neighbours;
  beforeEach(async () => void (neighbours = await Neighbours.start()));
  afterEach(() => neighbours[Symbol.asyncDispose]());

  const ask = async (path: string, { key = ADMIN_KEY, ...init }: RequestInit & { key?: string } = {}) => {
    const response = await fetch(neighbours.url + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  };
  const send = (method: string, path: string, body: unknown) =>
    ask(path, { method, body: JSON.stringify(body) });
  const limit = (limits: Partial<KeyLimits>, key = API_KEY): void =>
    neighbours.answer(session.authenticate, ({ keyHash }) => ({
      keyId: keyHash,
      name: 'test',
      scopes: ['inference', 'admin'],
      ...(keyHash === hashOf(key) ? { limits: { ...noLimits, ...limits } } : {}),
    }));

  it('are listed to admins', async () => {
    neighbours.answer(session.listKeys, () => ({ items: [view], nextCursor: null }));
    expect(await ask('/v1/keys')).toMatchObject({ status: 200, body: { items: [view] } });
    expect(await ask(`/v1/keys?revoked=true&limit=2&cursor=${KEY_ID}`)).toMatchObject({ status: 200 });
    expect(neighbours.askedFor(session.listKeys)).toEqual([
      { limit: 50, revoked: false },
      { limit: 2, cursor: KEY_ID, revoked: true },
    ]);
    expect(await ask('/v1/keys', { key: API_KEY })).toMatchObject({ status: 403 });
    expect(await ask('/v1/keys?cursor=x')).toMatchObject({
      status: 400,
      body: { error: { param: 'cursor' } },
    });
  });

  it('are made with limits, and without', async () => {
    const made = { keyId: KEY_ID, name: 'x', scopes: ['inference'], apiKey: 'gk_x' };
    neighbours.answer(session.createKey, () => made);
    const body = { name: 'x', scopes: ['inference'] };
    expect(await send('POST', '/v1/keys', body)).toMatchObject({ status: 201, body: made });
    await send('POST', '/v1/keys', { ...body, limits: { tokensPerDay: 5 } });
    expect(neighbours.askedFor(session.createKey)).toEqual([body, { ...body, limits: { tokensPerDay: 5 } }]);
    expect(await send('POST', '/v1/keys', { ...body, limits: { tokensPerDay: 0 } })).toMatchObject({
      status: 400,
      body: { error: { param: 'limits.tokensPerDay' } },
    });
  });

  it('are changed in what is named', async () => {
    neighbours.answer(session.changeKey, () => view);
    const change = { limits: { concurrentTasks: 2, tokensPerDay: null } };
    expect(await send('PATCH', `/v1/keys/${KEY_ID}`, change)).toMatchObject({ status: 200, body: view });
    expect(neighbours.askedFor(session.changeKey)).toEqual([{ keyId: KEY_ID, ...change }]);
    expect(await send('PATCH', `/v1/keys/${KEY_ID}`, { scopes: ['admin'] })).toMatchObject({
      status: 400,
      body: { error: { param: 'scopes', code: 'unknown_parameter' } },
    });
  });

  it('may make as many requests in a minute as their limit says, and others are not bothered', async () => {
    limit({ requestsPerMinute: 3 });
    const ofKey = () => ask('/v1/models', { key: API_KEY });
    const answers = [await ofKey(), await ofKey(), await ofKey(), await ofKey()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.body.error).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('requestsPerMinute'),
    });
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/v1/models')).status).toBe(200);
  });

  it('share their requests of a minute among all replicas of the router', async () => {
    limit({ requestsPerMinute: 3 });
    const keyId = hashOf(API_KEY);
    const peers = neighbours.bus.among(spentRequests);
    const told: SpentRequests[] = [];
    const listener = peers.onTold((spent) => void told.push(spent));
    const ofKey = async () => (await ask('/v1/models', { key: API_KEY })).status;
    expect([await ofKey(), await ofKey()]).toEqual([200, 200]);
    await eventually(() => {
      const spent = told.flatMap((each) => each.spent);
      expect(new Set(spent.map((each) => `${each.keyId} of ${each.perMinute}`))).toEqual(
        new Set([`${keyId} of 3`]),
      );
      expect(spent.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    });
    listener.close();
    neighbours.bus.nats.publish(spentRequests.subject, '{"replica":"forged"}');
    peers.tell({ replica: 'another', spent: [{ keyId, count: 1_000, perMinute: 3 }] });
    // Its own requests alone would be there again within 20 s.
    await eventually(async () => {
      const { status, headers } = await ask('/v1/models', { key: API_KEY });
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(60);
    });
    expect((await ask('/v1/models')).status).toBe(200);
  });

  it('have their new limits as soon as these are said', async () => {
    limit({ requestsPerMinute: 1 });
    const ofKey = async () => (await ask('/v1/models', { key: API_KEY })).status;
    expect([await ofKey(), await ofKey()]).toEqual([200, 429]);
    limit({ requestsPerMinute: null });
    const payload = { keyId: KEY_ID, keyHash: hashOf(API_KEY) };
    neighbours.bus.nats.publish(session.keyChanged.subject, JSON.stringify(payload));
    await neighbours.bus.nats.flush();
    expect([await ofKey(), await ofKey()]).toEqual([200, 200]);
  });

  it('are told which quota is used up, and when it resets', async () => {
    neighbours.answer(session.submit, () => {
      const details = { reason: 'quota_exceeded', limit: 'tokensPerDay', retryAfterSeconds: 3_600 };
      throw new Fault('LIMITED', 'tokensPerDay: they reset at midnight', details);
    });
    const { status, headers, body } = await send('POST', '/v1/chat/completions', request);
    expect([status, headers.get('retry-after')]).toEqual([429, '3600']);
    expect(body.error).toMatchObject({ type: 'rate_limit_error', code: 'quota_exceeded' });
  });

  it('show what they have used by the day', async () => {
    const items = [{ day: '2026-11-01', keyId: KEY_ID, tasks: 1, promptTokens: 2, completionTokens: 3 }];
    neighbours.answer(session.usageDays, () => ({ items }));
    const asked = await ask('/v1/usage/days?from=2026-11-01&to=2026-11-30');
    expect(asked).toMatchObject({ status: 200, body: { items } });
    expect(neighbours.askedFor(session.usageDays)).toEqual([{ from: '2026-11-01', to: '2026-11-30' }]);
    expect(await ask('/v1/usage/days?from=november')).toMatchObject({
      status: 400,
      body: { error: { param: 'from' } },
    });
    expect(await ask('/v1/usage/days', { key: API_KEY })).toMatchObject({ status: 403 });
  });

  describe('over the socket', () => {
    const sockets: Socket[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
    const open = (auth: Record<string, string>, extraHeaders: Record<string, string> = {}) => {
      const transports = ['websocket'];
      const options = { transports, auth, extraHeaders, forceNew: true, reconnection: false };
      const socket = io(`${neighbours.url}/client`, options);
      sockets.push(socket);
      return socket;
    };
    const submit = (socket: Socket) => socket.timeout(5_000).emitWithAck('task.submit', request);
    const logIn = async (): Promise<string> => {
      const body = JSON.stringify({ key: ADMIN_KEY });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${neighbours.url}/admin/login`, { method: 'POST', body, headers });
      return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    };

    it('count each task as a request', async () => {
      limit({ requestsPerMinute: 2 });
      const socket = open({ apiKey: API_KEY });
      expect(await submit(socket)).toHaveProperty('taskId');
      expect(await submit(socket)).toHaveProperty('taskId');
      expect(await submit(socket)).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    });

    it('may be the one in the cookie of an operator’s browser', async () => {
      const cookie = await logIn();
      expect(await submit(open({}, { cookie, origin: neighbours.url }))).toHaveProperty('taskId');
      expect(neighbours.askedFor(session.submit)).toMatchObject([{ keyId: 'key-2' }]);
      const foreign = open({}, { cookie, origin: 'http://evil.test' });
      const error = await new Promise<Error & { data?: unknown }>((resolve) =>
        foreign.once('connect_error', resolve),
      );
      expect(error.data).toMatchObject({ code: 'foreign_page' });
    });
  });
});
