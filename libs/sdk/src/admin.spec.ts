import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type AdminEvents, type EventView } from '@ganglion/contracts';
import { Server as SocketServer } from 'socket.io';
import { Ganglion } from './ganglion.js';

const keyId = '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77';
const limits = { requestsPerMinute: 60, concurrentTasks: null, tokensPerDay: null };
const event: EventView = {
  id: keyId,
  module: 'node-pool',
  entity: 'node',
  entityId: 'U1',
  from: 'TESTING',
  to: 'EPHEMERAL',
  reason: null,
  at: '2026-11-23T12:00:00.000Z',
  subject: null,
};

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('what operators do', () => {
  let server: Server;
  let sockets: SocketServer;
  let url: string;
  const seen: Seen[] = [];
  let answer: (response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (data: Buffer) => (body += data.toString()));
      request.on('end', () => {
        seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
        answer(response);
      });
    });
    sockets = new SocketServer(server, { transports: ['websocket'] });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void (seen.length = 0));
  afterAll(async () => {
    await sockets.close();
    server.closeAllConnections();
  });

  const json =
    (body: unknown, status = 200) =>
    (response: ServerResponse) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const nothing = (response: ServerResponse) => void response.writeHead(204).end();

  it('sends no key but the header of the dashboard where a cookie says who asks', async () => {
    const dashboard = new Ganglion({ url, withCookie: true });
    answer = nothing;
    await dashboard.admin.login('gk_secret');
    expect(seen[0]).toMatchObject({ line: 'POST /admin/login', body: '{"key":"gk_secret"}' });
    expect(seen[0]!.headers).toMatchObject({ 'x-ganglion-dashboard': '1' });
    expect(seen[0]!.headers.authorization).toBeUndefined();
  });

  it('asks fetch for the cookie of the same origin alone', async () => {
    const given: (RequestInit | undefined)[] = [];
    const own: typeof fetch = (input, init) => (given.push(init), fetch(input, init));
    answer = nothing;
    await new Ganglion({ url, withCookie: true, fetch: own }).admin.logout();
    await new Ganglion({ url, apiKey: 'gk_a', fetch: own }).admin.logout();
    expect(given.map((init) => init?.credentials)).toEqual(['same-origin', undefined]);
    expect(seen[1]!.headers['x-ganglion-dashboard']).toBeUndefined();
    expect(seen[1]!.headers.authorization).toBe('Bearer gk_a');
  });

  it('leaves out of a query what is not asked for', async () => {
    const { admin } = new Ganglion({ url, apiKey: 'gk_a' });
    answer = json({ items: [event], nextCursor: null, missing: [] });
    const { items } = await admin.events({ entity: 'node', to: undefined, limit: 10 });
    expect(items).toEqual([event]);
    expect(seen[0]!.line).toBe('GET /v1/events?entity=node&limit=10');
  });

  it('changes and revokes keys by their ids', async () => {
    const { admin } = new Ganglion({ url, apiKey: 'gk_a' });
    const view = {
      keyId,
      name: 'b',
      scopes: ['inference'],
      limits,
      createdAt: event.at,
      revokedAt: null,
      usage: { tasks: 0, promptTokens: 0, completionTokens: 0 },
    };
    answer = json(view);
    expect(await admin.changeKey(keyId, { limits })).toEqual(view);
    expect(seen[0]).toMatchObject({ line: `PATCH /v1/keys/${keyId}`, body: JSON.stringify({ limits }) });
    answer = nothing;
    await admin.revokeKey(keyId);
    expect(seen[1]!.line).toBe(`DELETE /v1/keys/${keyId}`);
  });

  it('throws what the router refuses', async () => {
    answer = json(
      { error: { message: 'for admins', type: 'permission_error', param: null, code: 'forbidden' } },
      403,
    );
    await expect(new Ganglion({ url, apiKey: 'gk_a' }).admin.health()).rejects.toMatchObject({
      status: 403,
      message: 'for admins',
    });
  });

  it('hears events in batches, drops what is none, and says when the connection is away', async () => {
    const handshakes: unknown[] = [];
    const namespace = sockets.of('/admin');
    namespace.on('connection', (socket) => {
      handshakes.push(socket.handshake.auth);
      socket.emit('events', { events: 'none' });
      socket.emit('events', { events: [event], skipped: 2 });
    });
    const heard: AdminEvents[] = [];
    const states: string[] = [];
    const socket = new Ganglion({ url, apiKey: 'gk_a' }).admin.socket({
      onEvents: (batch) => heard.push(batch),
      onState: (state) => states.push(state),
    });
    const until = async (isTrue: () => boolean) => {
      while (!isTrue()) await delay(10);
    };
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ events: [event], skipped: 2 }]);
    expect(handshakes).toEqual([{ key: 'gk_a' }]);
    namespace.disconnectSockets(true);
    await until(() => states.filter((state) => state === 'live').length === 2);
    expect(states).toEqual(['live', 'away', 'live']);
    socket.close();
  });

  it('tries again after the socket was refused', async () => {
    let tries = 0;
    sockets.of('/admin').use((_, next) => next(++tries === 1 ? new Error('not yet') : undefined));
    const states: string[] = [];
    const socket = new Ganglion({ url, apiKey: 'gk_a' }).admin.socket({
      onEvents: () => undefined,
      onState: (state, reason) => states.push(`${state} ${reason}`.trim()),
    });
    while (!states.includes('live')) await delay(20);
    expect(states).toEqual(['away not yet', 'live']);
    socket.close();
  });
});
