import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scoreExplanation, scoreView } from '@ganglion/contracts';
import { run } from './terminal.fixture.js';

const [good, bad] = ['A', 'B'].map((letter) => `U${letter.repeat(55)}`) as [string, string];
const AT = '2030-01-01T00:00:00.000Z';

const viewOf = (nodeId: string, score: number, level: number) =>
  scoreView.parse({
    nodeId,
    score,
    axes: { correct: score, available: 1, fast: 0.5 },
    level,
    successRate: 1,
    phases: [{ phase: 'commit', total: 8, succeeded: 7, points: 21 }],
    tasks: { accepted: 12, rejected: 1, lost: 0, completionTokens: 99 },
    measured: { ttftMs: null, tokensPerSecond: null },
    updatedAt: AT,
  });
const explanation = scoreExplanation.parse({
  nodeId: good,
  score: 0.2066,
  formula: 'as it is made',
  asOf: AT,
  axes: [
    {
      axis: 'correct',
      formula: 'wilson(right, right + wrong)',
      terms: [
        { sum: 'right', phase: 'commit', amount: 5, weight: 0.2, value: 1 },
        { sum: 'wrong', phase: 'commit', amount: 0, weight: 3, value: 0 },
      ],
      sums: { right: 1, wrong: 0 },
      value: 0.2066,
    },
  ],
  level: { level: 3, streak: 2, needed: 8, changes: 3 },
});
const change = {
  number: 3,
  at: AT,
  eventId: 'an-event',
  from: 7,
  to: 1,
  reason: { code: 'failed_correctness', message: 'correctness failed: 6 of 7 levels lost' },
};
const answers: Record<string, unknown> = {
  '/v1/reputation?limit=200': { items: [viewOf(bad, 0.1, 0)], nextCursor: bad },
  [`/v1/reputation?limit=200&cursor=${bad}`]: { items: [viewOf(good, 0.9, 7)], nextCursor: null },
  [`/v1/reputation/${good}`]: viewOf(good, 0.9, 7),
  [`/v1/reputation/${good}/history?limit=10`]: { nodeId: good, level: 7, items: [change], nextCursor: null },
  [`/v1/reputation/${good}/explain`]: explanation,
};

describe('ganglion reputation', () => {
  let server: Server;
  let network: string[];
  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      const body = answers[url ?? ''];
      const error = {
        message: 'nothing was heard of it yet',
        type: 'invalid_request_error',
        param: null,
        code: 'not_found',
      };
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { error }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    network = ['--url', `http://127.0.0.1:${port}`, '--api-key', 'gk_test'];
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));

  it('lists all nodes, the best first, from as many pages as there are', async () => {
    const { code, out } = await run([...network, 'reputation']);
    expect(code).toBe(0);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(/\s{2,}/).slice(0, 3));
    expect(rows).toEqual([
      ['NODE', 'SCORE', 'LEVEL'],
      [good, '0.90', '7'],
      [bad, '0.10', '0'],
    ]);
  });

  it('shows a node with its phases and why its level changed', async () => {
    const { out } = await run([...network, 'reputation', good]);
    expect(out).toMatch(/^commit {2,}7 of 8$/m);
    expect(out).toContain('7 → 1');
    expect(out).toContain('6 of 7 levels lost');
    const { out: json } = await run([...network, '--json', 'reputation', good]);
    expect(JSON.parse(json)).toMatchObject({ nodeId: good, changes: [change] });
  });

  it('explains a score term by term, without those that are nothing', async () => {
    const { out } = await run([...network, 'reputation', good, '--explain']);
    expect(out).toContain('correct 0.2066 = wilson(right, right + wrong)');
    expect(out).toMatch(/right {2,}commit {2,}5\.000 {2,}× 0\.2 {2,}= 1\.000/);
    expect(out).not.toMatch(/^ {2}wrong/m);
    expect(out).toContain('level 3, 2 of 8 successes to the next');
    const { out: json } = await run([...network, '--json', 'reputation', good, '--explain']);
    expect(JSON.parse(json)).toEqual(explanation);
  });

  it('says so of a node that nobody knows, and refuses to explain all at once', async () => {
    expect(await run([...network, 'reputation', bad])).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing was heard'),
    });
    expect(await run([...network, 'reputation', '--explain'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--explain needs a node'),
    });
  });
});
