import { createHash } from 'node:crypto';
import {
  cognitive,
  eventPage,
  type EventView,
  Fault,
  healthView,
  moduleNames,
  nodePool,
  type NodeView,
  overviewView,
  reputation,
  session,
  sessionQueue,
} from '@ganglion/contracts';
import { NODE } from './answer.fixture.js';
import { API_KEY, Neighbours, OTHER_KEY } from './neighbours.fixture.js';

const AT = '2026-01-01T00:00:00.000Z';
const node: NodeView = {
  nodeId: NODE,
  state: 'DRAINING',
  reason: { code: 'operator_drain', message: 'by the API key key-admin: a new disk' },
  sessionId: null,
  dedicatedTo: null,
  model: 'tiny',
  modelDigest: 'ab'.repeat(32),
  determinismClass: 'avx2',
  slots: 2,
  version: '0.1.0',
  tokensPerSecond: null,
  score: null,
  lastSeenAt: null,
  testedAt: null,
  createdAt: AT,
};

describe('the routes of operators', () => {
  let neighbours: Neighbours;
  beforeAll(async () => {
    neighbours = await Neighbours.start();
    const admin = createHash('sha256').update(API_KEY).digest('hex');
    neighbours.answer(session.authenticate, ({ keyHash }) =>
      keyHash === admin
        ? { keyId: 'key-admin', name: 'operator', scopes: ['admin'] }
        : { keyId: 'key-user', name: 'user', scopes: ['inference'] },
    );
  });
  afterAll(() => neighbours[Symbol.asyncDispose]());

  const ask = async (path: string, { key = API_KEY, body }: { key?: string; body?: object } = {}) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
    const response = await fetch(`${neighbours.url}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  const actions = `/v1/nodes/${NODE}/actions`;

  it('do with a node what is asked, in the name of the key', async () => {
    neighbours.answer(nodePool.act, () => node);
    const body = { action: 'drain', reason: 'a new disk' };
    expect(await ask(actions, { body })).toEqual({ status: 200, body: node });
    expect(neighbours.askedFor(nodePool.act)).toEqual([{ ...body, nodeId: NODE, by: 'key-admin' }]);
  });

  it('say what is possible instead', async () => {
    neighbours.answer(nodePool.act, () => {
      throw new Fault('CONFLICT', 'action: retest is not possible', {
        field: 'action',
        possible: ['retire'],
      });
    });
    expect(await ask(actions, { body: { action: 'retest', reason: 'why not' } })).toMatchObject({
      status: 409,
      body: { error: { message: 'action: retest is not possible', param: 'action' } },
    });
  });

  it.each([
    [{ action: 'explode', reason: 'for fun' }, 'action'],
    [{ action: 'drain' }, 'reason'],
    [{ action: 'drain', reason: '' }, 'reason'],
    [{ action: 'drain', reason: 'x', by: 'somebody else' }, 'by'],
  ])('refuse %j, naming what is wrong', async (body, param) => {
    expect(await ask(actions, { body })).toMatchObject({ status: 400, body: { error: { param } } });
  });

  it('show the network in figures', async () => {
    neighbours.answer(nodePool.counts, () => ({ nodes: { EPHEMERAL: 2 } }));
    neighbours.answer(sessionQueue.figures, ({ from }) => ({
      tasks: { QUEUED: 1 },
      ended: { finalised: 3, failed: 1, cancelled: 0, expired: 0 },
      ttftMs: { p50: 80, p95: 120, p99: 130 },
      queueWaitMs: null,
      series: [
        { at: from, tasks: 4, failed: 1, tokens: 600, ttftP50Ms: 80, ttftP95Ms: 120, queueWaitP95Ms: null },
      ],
      failures: [],
    }));
    const { status, body } = await ask('/v1/overview?minutes=10');
    expect(status).toBe(200);
    const { from, to, bucketSeconds, tokensPerSecond, successRate, nodes } = overviewView.parse(body);
    expect(neighbours.askedFor(sessionQueue.figures)).toEqual([{ from, to, bucketSeconds }]);
    expect(Date.parse(to) - Date.parse(from)).toBe(600_000);
    expect({ tokensPerSecond, successRate, nodes }).toEqual({
      tokensPerSecond: 1,
      successRate: 0.75,
      nodes: { EPHEMERAL: 2 },
    });
  });

  it.each(['minutes=4', 'minutes=10081', 'minutes=1.5', 'hours=1'])(
    'refuse an overview of %s',
    async (query) => {
      expect(await ask(`/v1/overview?${query}`)).toMatchObject({ status: 400 });
    },
  );

  const eventOf = (module: EventView['module'], time: string): EventView => ({
    id: `${time}-0000-7000-8000-000000000000`,
    module,
    entity: 'node',
    entityId: NODE,
    from: 'RESERVED',
    to: 'DRAINING',
    reason: node.reason,
    at: AT,
    subject: null,
  });

  it('show the events of all modules, and say which did not answer', async () => {
    const [first, second] = [eventOf('node-pool', '01900002'), eventOf('session', '01900001')];
    for (const { events } of [sessionQueue, cognitive])
      neighbours.answer(events, () => ({ items: [], nextCursor: null }));
    neighbours.answer(session.events, () => ({ items: [second], nextCursor: null }));
    neighbours.answer(nodePool.events, () => ({ items: [first], nextCursor: null }));
    neighbours.answer(reputation.events, () => {
      throw new Fault('UNAVAILABLE', 'a server that reputation needs is away');
    });
    const query = `entity=node&to=DRAINING&before=${AT}&limit=2`;
    const { status, body } = await ask(`/v1/events?${query}`);
    expect(status).toBe(200);
    const page = eventPage.parse(body);
    expect(page).toEqual({ items: [first, second], nextCursor: null, missing: ['reputation'] });
    expect(neighbours.askedFor(cognitive.events)).toEqual([
      { entity: 'node', to: 'DRAINING', before: AT, limit: 2 },
    ]);
  });

  it('show the events of one module', async () => {
    const one = eventOf('node-pool', '01900002');
    neighbours.answer(nodePool.events, () => ({ items: [one], nextCursor: one.id }));
    expect(await ask(`/v1/events?module=node-pool&cursor=${one.id}`)).toEqual({
      status: 200,
      body: { items: [one], nextCursor: one.id, missing: [] },
    });
    expect(neighbours.askedFor(nodePool.events).at(-1)).toEqual({ cursor: one.id, limit: 50 });
  });

  it.each([
    ['module=router', 'module'],
    ['before=yesterday', 'before'],
    ['cursor=5', 'cursor'],
    ['limit=0', 'limit'],
    ['state=DRAINING', 'state'],
  ])('refuse events with %s', async (query, param) => {
    expect(await ask(`/v1/events?${query}`)).toMatchObject({ status: 400, body: { error: { param } } });
  });

  it('show modules of which nobody answers without replicas', async () => {
    const { status, body } = await ask('/v1/health');
    expect(status).toBe(200);
    const { services } = healthView.parse(body);
    expect(services.map(({ module, replicas }) => [module, replicas.length])).toEqual(
      moduleNames.map((module) => [module, 0]),
    );
  });

  it.each(['/v1/overview', '/v1/events', '/v1/health'])('show %s to admins only', async (path) => {
    expect(await ask(path, { key: OTHER_KEY })).toMatchObject({ status: 403 });
  });

  it('act for admins only', async () => {
    const body = { action: 'drain', reason: 'x' };
    expect(await ask(actions, { key: OTHER_KEY, body })).toMatchObject({ status: 403 });
  });
});
