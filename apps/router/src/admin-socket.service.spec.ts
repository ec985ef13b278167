import { jest } from '@jest/globals';
import {
  type AdminEvents,
  adminEvents,
  type Event,
  nodePool,
  type PayloadOf,
  session,
} from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { headers } from '@nats-io/nats-core';
import { io, type Socket } from 'socket.io-client';
import { v7 as uuidV7 } from 'uuid';
import { NODE } from './answer.fixture.js';
import { ADMIN_KEY, API_KEY, COOKIE_SECRET, hashOf, Neighbours } from './neighbours.fixture.js';
import { sealLogin } from './sealed-login.js';

jest.setTimeout(30_000);

const offline: PayloadOf<typeof nodePool.nodeOffline> = {
  nodeId: NODE,
  state: 'OFFLINE',
  reason: { code: 'silent', message: 'no heartbeat' },
  modelDigest: 'ab'.repeat(32),
  sessionId: null,
  version: 4,
  at: '2026-01-01T00:00:00.000Z',
};

describe('the socket of operators', () => {
  let neighbours: Neighbours;
  const sockets: Socket[] = [];
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(() => neighbours[Symbol.asyncDispose]());

  const open = (how: { key?: string; cookie?: string; origin?: string }) => {
    const extraHeaders = {
      ...(how.cookie ? { cookie: how.cookie } : {}),
      ...(how.origin ? { origin: how.origin } : {}),
    };
    const socket = io(`${neighbours.url}/admin`, {
      transports: ['websocket'],
      auth: how.key === undefined ? {} : { key: how.key },
      extraHeaders,
      forceNew: true,
      reconnection: false,
    });
    sockets.push(socket);
    const heard: AdminEvents[] = [];
    socket.on('events', (batch: unknown) => heard.push(adminEvents.parse(batch)));
    return { socket, heard };
  };
  const connected = (socket: Socket) =>
    new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const logIn = async (): Promise<string> => {
    const answer = await fetch(`${neighbours.url}/admin/login`, {
      method: 'POST',
      body: JSON.stringify({ key: ADMIN_KEY }),
      headers: { 'content-type': 'application/json' },
    });
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const say = async (event: Event, payload: unknown, id = uuidV7()) => {
    const named = headers();
    named.set('Nats-Msg-Id', id);
    neighbours.bus.nats.publish(event.subject, JSON.stringify(payload), { headers: named });
    await neighbours.bus.nats.flush();
    return id;
  };
  /** The router's subscriptions may be on their way: said until it is heard. */
  const sayUntilHeard = async (heard: AdminEvents[]) => {
    await eventually(async () => {
      await say(nodePool.nodeOffline, offline);
      expect(heard.length).toBeGreaterThan(0);
    });
  };

  it('tells whoever has the cookie what happens, by the id of its row', async () => {
    const { socket, heard } = open({ cookie: await logIn(), origin: neighbours.url });
    await connected(socket);
    await sayUntilHeard(heard);
    const id = await say(nodePool.nodeOffline, offline);
    await eventually(() => {
      expect(heard.flatMap(({ events }) => events)).toContainEqual({
        id,
        module: 'node-pool',
        entity: 'node',
        entityId: NODE,
        from: null,
        to: 'OFFLINE',
        reason: offline.reason,
        at: offline.at,
        subject: 'evt.node-pool.node-offline',
      });
    });
  });

  it('gathers what happens at once', async () => {
    const { socket, heard } = open({ key: ADMIN_KEY });
    await connected(socket);
    await sayUntilHeard(heard);
    const before = heard.length;
    const ids: string[] = [];
    for (let index = 0; index < 50; index += 1)
      ids.push(await say(nodePool.nodeOffline, { ...offline, version: index }));
    await eventually(() => {
      const events = heard.slice(before).flatMap((batch) => batch.events);
      expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    });
    expect(heard.length - before).toBeLessThan(25);
    expect(heard.every(({ skipped }) => skipped === 0)).toBe(true);
  });

  it.each([
    ['no key', {}, 'invalid_api_key'],
    ['a key that is no admin’s', { key: API_KEY }, 'insufficient_permissions'],
    ['a cookie that was not sealed', { cookie: 'ganglion_admin=abc' }, 'login_expired'],
  ])('opens for nobody with %s', async (_, how, code) => {
    const { socket } = open(how);
    await expect(connected(socket)).rejects.toMatchObject({ data: { code } });
  });

  it('opens for no page of another site, though its browser has the cookie', async () => {
    const { socket } = open({ cookie: await logIn(), origin: 'http://evil.test' });
    await expect(connected(socket)).rejects.toMatchObject({ data: { code: 'foreign_page' } });
  });

  it('closes when the key is revoked', async () => {
    const { socket, heard } = open({ cookie: await logIn() });
    await connected(socket);
    await sayUntilHeard(heard);
    const left = new Promise((resolve) => socket.once('disconnect', resolve));
    await say(session.keyRevoked, { keyId: 'key-2', keyHash: hashOf(ADMIN_KEY) });
    await left;
    expect(socket.connected).toBe(false);
  });

  it('closes when the login is over', async () => {
    const sealed = sealLogin({ key: ADMIN_KEY, expiresAt: Date.now() + 1_500 }, COOKIE_SECRET);
    const { socket } = open({ cookie: `ganglion_admin=${sealed}` });
    await connected(socket);
    await new Promise((resolve) => socket.once('disconnect', resolve));
    const again = open({ cookie: `ganglion_admin=${sealed}` });
    await expect(connected(again.socket)).rejects.toMatchObject({ data: { code: 'login_expired' } });
  });

  it('takes nothing, and says so', async () => {
    const { socket } = open({ key: ADMIN_KEY });
    await connected(socket);
    expect(await socket.timeout(5_000).emitWithAck('events', {})).toMatchObject({
      error: { code: 'unknown_event' },
    });
    socket.emit('error', {});
    expect(await socket.timeout(5_000).emitWithAck('task.submit', {})).toHaveProperty('error');
  });
});
