import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodePool, nodeView } from '@ganglion/contracts';
import { run } from './terminal.fixture.js';

const [tested, older] = ['A', 'B'].map((letter) => `U${letter.repeat(55)}`) as [string, string];
const AT = '2030-01-01T00:00:00.000Z';
const plain = {
  nodeId: older,
  state: 'QUARANTINED',
  reason: { code: 'wrong_answer', message: 'the answer differs from the expected one' },
  sessionId: null,
  dedicatedTo: null,
  model: 'tiny',
  modelDigest: 'd'.repeat(64),
  determinismClass: 'ort-cpu',
  slots: 2,
  version: 'ganglion-node/0.1.0',
  tokensPerSecond: 61.25,
  score: null,
  lastSeenAt: AT,
  testedAt: null,
  createdAt: AT,
} as const;
const whole = {
  ...plain,
  nodeId: tested,
  state: 'EPHEMERAL',
  reason: null,
  score: 0.9,
  testedAt: AT,
  declared: {
    cpu: 'a processor',
    cores: 8,
    memoryBytes: 16 * 2 ** 30,
    isa: 'avx2',
    slots: 2,
    modelDigests: ['d'.repeat(64)],
  },
  verified: {
    decodeTokensPerSecond: 120.5,
    prefillTokensPerSecond: 2_345.6,
    ttftMs: 31.4,
    tests: 9,
    measuredAt: AT,
  },
} as const;
const moved = { state: 'EPHEMERAL', at: AT, reason: 'back_off_ended' };
const answers: Record<string, unknown> = {
  '/v1/nodes?limit=200': { items: [nodeView.parse(whole)], nextCursor: tested },
  [`/v1/nodes?limit=200&cursor=${tested}`]: { items: [nodeView.parse(plain)], nextCursor: null },
  [`/v1/nodes/${tested}`]: nodePool.get.output.parse({ ...whole, history: [moved] }),
  [`/v1/nodes/${older}`]: nodePool.get.output.parse({ ...plain, history: [] }),
};

describe('ganglion nodes', () => {
  let server: Server;
  let network: string[];
  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      const body = answers[url ?? ''];
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { error: { message: url, code: 'not_found' } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    network = ['--url', `http://127.0.0.1:${port}`, '--api-key', 'gk_test'];
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));

  it('lists all nodes with their verified speeds, also those of a network that tells but one', async () => {
    const { code, out } = await run([...network, 'nodes']);
    expect(code).toBe(0);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(/\s{2,}/));
    expect(rows).toEqual([
      ['NODE', 'STATE', 'MODEL', 'SLOTS', 'DECODE/S', 'PREFILL/S', 'FIRST TOKEN', 'SCORE', 'TESTED'],
      [tested, 'EPHEMERAL', 'tiny', '2', '120.5', '2346', '31 ms', '0.90', AT],
      [older, 'QUARANTINED', 'tiny', '2', '61.3', '-', '-', '-', 'never'],
    ]);
  });

  it('shows what one node declares beside what tests have verified', async () => {
    const { out } = await run([...network, 'nodes', tested]);
    expect(out).toMatch(/^processor {2,}a processor, 8 cores, avx2$/m);
    expect(out).toMatch(/^memory {2,}16\.0 GiB$/m);
    expect(out).toMatch(/^decode {2,}120\.5 tokens\/s$/m);
    expect(out).toContain('median of 9 tests');
    expect(out).toContain('back_off_ended');
    const { out: json } = await run([...network, '--json', 'nodes', tested]);
    expect(JSON.parse(json)).toMatchObject({ nodeId: tested, verified: whole.verified, history: [moved] });
  });

  it('says why a node is where it is, and that nothing was measured of it', async () => {
    const { out } = await run([...network, 'nodes', older]);
    expect(out).toContain('the answer differs from the expected one');
    expect(out).toContain('no test has measured it yet');
  });
});
