import { jest } from '@jest/globals';
import { errorBody, Fault, session, whoView } from '@ganglion/contracts';
import { io } from 'socket.io-client';
import { ADMIN_KEY, API_KEY, hashOf, Neighbours, SESSION_ID, sessionOf } from './neighbours.fixture.js';

jest.setTimeout(30_000);

describe('an operator’s browser', () => {
  let neighbours: Neighbours;
  beforeEach(async () => void (neighbours = await Neighbours.start()));
  afterEach(() => neighbours[Symbol.asyncDispose]());

  const logIn = (key: string, headers: Record<string, string> = {}) =>
    fetch(`${neighbours.url}/admin/login`, {
      method: 'POST',
      body: JSON.stringify({ key }),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const codeOf = async (response: Response) => [
    response.status,
    errorBody.parse(await response.json()).error.code,
  ];
  const ask = (path: string, cookie: string, init: RequestInit = {}) =>
    fetch(neighbours.url + path, { ...init, headers: { cookie, ...(init.headers as object) } });

  it('logs in with an admin’s key, and needs no other then', async () => {
    const answer = await logIn(` ${ADMIN_KEY} `);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = cookieOf(answer);
    expect(cookie).not.toContain(ADMIN_KEY);
    const { admin } = whoView.parse(await (await ask('/admin/me', cookie)).json());
    expect(admin!.keyId).toBe('key-2');
    expect(Date.parse(admin!.expiresAt) - Date.now()).toBeGreaterThan(43_000_000);
    expect((await ask('/v1/models', cookie)).status).toBe(200);
  });

  it('is refused with a wrong key, one that is no admin’s, and none', async () => {
    expect(await codeOf(await logIn('gk_zzzzzzzzzzzzzzzzzzzz'))).toEqual([401, 'invalid_api_key']);
    expect(await codeOf(await logIn(API_KEY))).toEqual([403, 'insufficient_permissions']);
    expect(await codeOf(await logIn(''))).toEqual([400, 'invalid_value']);
    expect(await (await ask('/admin/me', '')).json()).toEqual({ admin: null });
  });

  it('may not try to log in without end', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries += 1)
      statuses.push((await logIn(`gk_${'z'.repeat(16)}${tries}`)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    expect(Number((await logIn(ADMIN_KEY)).headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('changes things from the router’s own page only', async () => {
    neighbours.answer(session.close, () => sessionOf('key-0'));
    const cookie = cookieOf(await logIn(ADMIN_KEY));
    const close = (headers: Record<string, string>) =>
      ask(`/v1/sessions/${SESSION_ID}`, cookie, { method: 'DELETE', headers });
    const marked = { 'x-ganglion-dashboard': '1' };
    expect(await codeOf(await close({}))).toEqual([403, 'foreign_page']);
    expect(await codeOf(await close({ ...marked, origin: 'http://evil.test' }))).toEqual([
      403,
      'foreign_page',
    ]);
    expect(neighbours.askedFor(session.close)).toEqual([]);
    expect((await close({ ...marked, origin: neighbours.url })).status).toBe(200);
    expect((await close(marked)).status).toBe(200);
    expect(await codeOf(await logIn(ADMIN_KEY, { origin: 'http://evil.test' }))).toEqual([
      403,
      'foreign_page',
    ]);
  });

  it('logs out', async () => {
    const cookie = cookieOf(await logIn(ADMIN_KEY));
    const leave = (headers: Record<string, string>) =>
      ask('/admin/logout', cookie, { method: 'POST', headers });
    expect((await leave({})).status).toBe(403);
    const answer = await leave({ 'x-ganglion-dashboard': '1' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^ganglion_admin=; Max-Age=0;/);
  });

  it('is out as soon as its key is revoked', async () => {
    const cookie = cookieOf(await logIn(ADMIN_KEY));
    expect((await ask('/admin/me', cookie)).status).toBe(200);
    neighbours.answer(session.authenticate, () => {
      throw new Fault('UNAUTHENTICATED', 'revoked');
    });
    const payload = { keyId: 'key-2', keyHash: hashOf(ADMIN_KEY) };
    neighbours.bus.nats.publish(session.keyRevoked.subject, JSON.stringify(payload));
    await neighbours.bus.nats.flush();
    expect(await codeOf(await ask('/admin/me', cookie))).toEqual([401, 'invalid_api_key']);
    expect(await codeOf(await ask('/v1/models', cookie))).toEqual([401, 'invalid_api_key']);
  });

  it('is not believed with a cookie that the router did not seal', async () => {
    const cookie = `ganglion_admin=${Buffer.alloc(120, 1).toString('base64url')}`;
    expect(await codeOf(await ask('/v1/models', cookie))).toEqual([401, 'login_expired']);
  });

  it('may use a key besides: the key counts then', async () => {
    const headers = { authorization: `Bearer ${API_KEY}` };
    expect((await ask('/v1/models', 'ganglion_admin=junk', { headers })).status).toBe(200);
  });

  it('is told to keep the cookie to https by a proxy that is trusted, and by nobody else', async () => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ganglion.test' };
    expect((await logIn(ADMIN_KEY, forwarded)).headers.get('set-cookie')).not.toMatch(/Secure/);
    await using behind = await Neighbours.start({ trustProxy: true });
    const logInThere = (origin: string) =>
      fetch(`${behind.url}/admin/login`, {
        method: 'POST',
        body: JSON.stringify({ key: ADMIN_KEY }),
        headers: { 'content-type': 'application/json', origin, ...forwarded },
      });
    const answer = await logInThere('https://ganglion.test');
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/; Secure$/),
    ]);
    expect((await logInThere(behind.url)).status).toBe(403);
    const watch = async (origin: string) => {
      const socket = io(`${behind.url}/admin`, {
        transports: ['websocket'],
        extraHeaders: { cookie: cookieOf(answer), origin, ...forwarded },
        forceNew: true,
        reconnection: false,
      });
      const outcome = await new Promise<string>((resolve) =>
        socket.once('connect', () => resolve('open')).once('connect_error', () => resolve('refused')),
      );
      socket.disconnect();
      return outcome;
    };
    expect(await watch('https://ganglion.test')).toBe('open');
    expect(await watch(behind.url)).toBe('refused');
  });
});
