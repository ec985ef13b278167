import type { RoundView } from '@ganglion/contracts';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { Operator } from './browser.fixture.js';
import { clientOf, JAPAN, question } from './client.fixture.js';
import { nodesOf } from './nodes.fixture.js';

const looks = [
  ['in light colours', { colorScheme: 'light' }],
  ['in dark colours', { colorScheme: 'dark' }],
  ['on a telephone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
] as const;

const routes = [
  '/',
  '/nodes',
  '/nodes/:nodeId',
  '/tasks',
  '/tasks/:taskId',
  '/sessions',
  '/sessions/:sessionId',
  '/playground',
  '/cognitive',
  '/cognitive/rounds/:roundId',
  '/keys',
  '/events',
  '/health',
];

describe.each(looks)('every page %s', (_look, options) => {
  let network: NetworkAddress;
  let operator: Operator;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    const client = clientOf(network, network.apiKey);
    const { taskId } = await client.chat(question(JAPAN));
    const { sessionId } = await client.tasks.get(taskId);
    const [node] = await nodesOf(network);
    const { items } = await network.ask<{ items: RoundView[] }>('/v1/rounds?limit=1');
    const found = { nodeId: node!.nodeId, taskId, sessionId: sessionId!, roundId: items[0]!.roundId };
    for (const [name, id] of Object.entries(found)) ids.set(`:${name}`, id);
    operator = await Operator.open(network, options);
    await operator.signIn();
  });
  afterAll(() => operator[Symbol.asyncDispose]());

  it.each(routes)('at %s shows no error, fits its window and has no serious barrier', async (route) => {
    await operator.go(route.replace(/:\w+/, (name) => ids.get(name)!));
    await operator.page.getByRole('heading', { level: 1 }).waitFor();
    await eventually(async () => expect(await operator.page.getByLabel(/^reading /).count()).toBe(0));
    await operator.page.getByRole('status', { name: 'live' }).waitFor();
    expect(operator.problems()).toEqual([]);
    expect(await operator.overflow()).toBe(0);
    expect(await operator.barriers()).toEqual([]);
  });
});
