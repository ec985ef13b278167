import { jest } from '@jest/globals';
import { cognitive, Fault, nodePool, session, sessionQueue } from '@ganglion/contracts';
import { TASK_ID } from './answer.fixture.js';
import { API_KEY, Neighbours, OTHER_KEY, SESSION_ID, sessionOf, taskOf } from './neighbours.fixture.js';

jest.setTimeout(30_000);

describe('the router over HTTP', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  afterAll(() => neighbours[Symbol.asyncDispose]());

  const ask = async (path: string, init: RequestInit = {}, key: string | null = API_KEY) => {
    const response = await fetch(neighbours.url + path, {
      ...init,
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(init.headers as Record<string, string>),
      },
    });
    const text = await response.text();
    const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body };
  };
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    ask(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...init,
    });
  const shape = (status: number, error: Record<string, unknown>) =>
    expect.objectContaining({
      status,
      body: { error: { message: expect.any(String), type: expect.any(String), param: null, ...error } },
    });

  it.each([
    ['no key', null, 'missing_api_key'],
    ['something that is no key', 'sk-123', 'invalid_api_key'],
    ['an unknown key', 'gk_zzzzzzzzzzzzzzzzzzzz', 'invalid_api_key'],
  ])('refuses a request with %s', async (_, key, code) => {
    expect(await ask('/v1/models', {}, key)).toEqual(shape(401, { type: 'authentication_error', code }));
  });

  it('forgets a key when it hears that it was revoked', async () => {
    await ask('/v1/models', {}, OTHER_KEY);
    const before = neighbours.askedFor(session.authenticate).length;
    await ask('/v1/models', {}, OTHER_KEY);
    expect(neighbours.askedFor(session.authenticate)).toHaveLength(before);
    const [{ keyHash } = { keyHash: '' }] = neighbours.askedFor(session.authenticate).slice(-1);
    const { keyRevoked } = session;
    neighbours.bus.nats.publish(keyRevoked.subject, JSON.stringify({ keyId: 'key-1', keyHash }));
    await neighbours.bus.nats.flush();
    await ask('/v1/models', {}, OTHER_KEY);
    expect(neighbours.askedFor(session.authenticate)).toHaveLength(before + 1);
  });

  it('lists models as OpenAI does', async () => {
    const { status, body } = await ask('/v1/models');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'list',
      data: [{ id: 'tiny', object: 'model', ganglion: { contextLength: 512, nodes: 3 } }],
    });
  });

  it('gives every answer the id of its request, its own or a new one', async () => {
    const named = await ask('/v1/models', { headers: { 'x-request-id': 'my-request.1' } });
    expect(named.headers.get('x-request-id')).toBe('my-request.1');
    const forged = await ask('/nowhere', { headers: { 'x-request-id': 'a b"c' } });
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers unknown addresses in the shape of errors', async () => {
    expect(await ask('/v1/nowhere')).toEqual(shape(404, { code: 'unknown_url' }));
    expect(await ask('/v1/models', { method: 'DELETE' })).toEqual(shape(404, { code: 'unknown_url' }));
    expect(await ask('/%E0%A4%A')).toEqual(shape(400, { code: 'bad_request' }));
  });

  it.each([
    ['no JSON', '{"model":', 400, 'bad_request'],
    ['empty', '', 400, 'invalid_value'],
    ['more than 2 MB', JSON.stringify({ model: 'x'.repeat(2_200_000) }), 413, 'too_large'],
  ])('refuses a body that is %s', async (_, text, status, code) => {
    expect(await post('/v1/chat/completions', text)).toEqual(shape(status, { code }));
  });

  it('does not mind the type of a body that is not there', async () => {
    neighbours.answer(session.close, () => ({ ...sessionOf('key-0'), state: 'CLOSING' }));
    const headers = { 'content-type': 'application/json' };
    expect((await ask(`/v1/sessions/${SESSION_ID}`, { method: 'DELETE', headers })).status).toBe(200);
    neighbours.asked.length = 0;
  });

  it('refuses a body of another type, saying which to send', async () => {
    const answer = await post('/v1/chat/completions', 'model=tiny', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer).toEqual(shape(415, { code: 'unsupported_media_type' }));
    expect(answer.body.error.message).toMatch(/Content-Type: application\/json/);
  });

  it('names the available models when one is unknown', async () => {
    const messages = [{ role: 'user', content: 'hi' }];
    const { status, body } = await post('/v1/chat/completions', { model: 'gpt-5', messages });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ param: 'model', code: 'model_not_found' });
    expect(body.error.message).toMatch(/tiny/);
  });

  it('tells a part that does not answer as 503, and when to come again', async () => {
    const { status, headers, body } = await ask('/v1/rounds');
    expect(neighbours.askedFor(cognitive.list)).toEqual([]);
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body.error.message).not.toMatch(/req\./);
  });

  it('tells a reply that breaks its contract as our own fault', async () => {
    neighbours.answer(session.usage, () => ({ tasks: 'many' }));
    expect(await ask('/v1/usage')).toEqual(shape(500, { code: 'internal_error' }));
  });

  it('shows a task and its session to their owner, and to nobody else', async () => {
    neighbours.answer(sessionQueue.get, ({ taskId }) => taskOf({ taskId, owner: 'key-0' }));
    neighbours.answer(session.get, () => sessionOf('key-0'));
    for (const path of [`/v1/tasks/${TASK_ID}`, `/v1/tasks/${TASK_ID}/receipt`, `/v1/sessions/${SESSION_ID}`])
      expect(await ask(path, {}, OTHER_KEY)).toEqual(
        shape(404, { code: 'not_found', param: path.includes('tasks') ? 'taskId' : 'sessionId' }),
      );
    for (const path of [`/v1/tasks/${TASK_ID}`, `/v1/sessions/${SESSION_ID}`])
      expect((await ask(path, { method: 'DELETE' }, OTHER_KEY)).status).toBe(404);
    expect(neighbours.askedFor(sessionQueue.cancel)).toEqual([]);
    expect(neighbours.askedFor(session.close)).toEqual([]);
    expect((await ask(`/v1/tasks/${TASK_ID}`)).body).toMatchObject({ taskId: TASK_ID });
    expect((await ask(`/v1/sessions/${SESSION_ID}`)).body).toMatchObject({ sessionId: SESSION_ID });
  });

  it('shows everything to an admin', async () => {
    const key = 'gk_adminadminadminadmin';
    neighbours.answer(session.authenticate, () => ({ keyId: 'root', name: 'root', scopes: ['admin'] }));
    expect((await ask(`/v1/tasks/${TASK_ID}`, {}, key)).status).toBe(200);
  });

  it('keeps keys to admins', async () => {
    expect(await post('/v1/keys', { name: 'x', scopes: ['admin'] })).toEqual(
      shape(403, { code: 'insufficient_permissions' }),
    );
  });

  it('opens a session with 201 when it is ready and 202 while it is not', async () => {
    neighbours.answer(session.open, () => sessionOf('key-0'));
    expect((await post('/v1/sessions', { model: 'tiny' })).status).toBe(201);
    neighbours.answer(session.open, () => ({ ...sessionOf('key-0'), state: 'RESERVING' }));
    expect((await post('/v1/sessions', { model: 'tiny' })).status).toBe(202);
    neighbours.answer(session.open, () => {
      throw new Fault('IMPOSSIBLE', 'minNodes is 9, but only 3 nodes have the model', { field: 'minNodes' });
    });
    expect(await post('/v1/sessions', { model: 'tiny', minNodes: 9, maxNodes: 9 })).toEqual(
      shape(400, { param: 'minNodes', code: 'impossible' }),
    );
  });

  it('accepts a task into a session with 202 and where to find it', async () => {
    const messages = [{ role: 'user', content: 'hi' }];
    const { status, headers, body } = await post(`/v1/sessions/${SESSION_ID}/tasks`, { messages });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/tasks/${body.taskId}`);
    expect(neighbours.askedFor(session.submit).at(-1)).toMatchObject({
      taskId: body.taskId,
      keyId: 'key-0',
      sessionId: SESSION_ID,
      request: { model: 'tiny' },
    });
  });

  it('lets a miner join without a key, but not without end', async () => {
    neighbours.answer(nodePool.nonce, () => ({
      nonce: 'ab'.repeat(32),
      expiresAt: '2026-01-01T00:00:00.000Z',
    }));
    const first = await ask('/v1/nodes/nonce', { method: 'POST' }, null);
    expect(first).toMatchObject({ status: 200, body: { nonce: 'ab'.repeat(32) } });
    const answers = await Promise.all(
      Array.from({ length: 400 }, () => ask('/v1/nodes/nonce', { method: 'POST' }, null)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is ready only when all it needs answers', async () => {
    expect((await ask('/healthz', {}, null)).status).toBe(200);
    const { status, body } = await ask('/readyz', {}, null);
    expect(status).toBe(503);
    expect(body.checks).toMatchObject({ session: false, 'node-pool': true });
    neighbours.answer(session.list, () => ({ items: [], nextCursor: null }));
    neighbours.answer(sessionQueue.list, () => ({ items: [], nextCursor: null }));
    expect(await ask('/readyz', {}, null)).toMatchObject({ status: 200, body: { ready: true } });
  });

  it('lists everybody’s sessions and tasks to an admin who asks for all, of one state if it is named', async () => {
    neighbours.answer(session.list, () => ({ items: [], nextCursor: null }));
    neighbours.answer(sessionQueue.list, () => ({ items: [], nextCursor: null }));
    for (const key of [API_KEY, 'gk_adminadminadminadmin']) {
      expect((await ask('/v1/sessions?all=true&state=READY', {}, key)).status).toBe(200);
      expect((await ask('/v1/tasks?all=true&state=QUEUED', {}, key)).status).toBe(200);
    }
    const rest = { limit: 50, sessionId: null, state: 'QUEUED' };
    expect(neighbours.askedFor(session.list).slice(-2)).toEqual([
      { limit: 50, state: 'READY', owner: 'key-0' },
      { limit: 50, state: 'READY', owner: null },
    ]);
    expect(neighbours.askedFor(sessionQueue.list).slice(-2)).toEqual([
      { ...rest, owner: 'key-0' },
      { ...rest, owner: null },
    ]);
    expect(await ask('/v1/tasks?state=READY')).toEqual(shape(400, { param: 'state', code: 'invalid_value' }));
  });

  it('counts requests by route and status', async () => {
    const { body } = await ask('/metrics', {}, null);
    expect(body).toMatch(
      /ganglion_http_requests_total\{method="GET",route="\/v1\/tasks\/:id",status="404",service="router"\} \d/,
    );
  });
});
