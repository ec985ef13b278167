import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { auditDraw, auditRate, epochSeedHash, isAudited, type Receipt } from '@ganglion/commitment';
import type { DrawView, EpochView } from '@ganglion/contracts';
import { run } from './terminal.fixture.js';

const seed = '5e'.repeat(32);
const at = '2030-01-01T00:00:00.000Z';
const epoch: EpochView = {
  epoch: 7,
  seedHash: epochSeedHash(seed),
  baseRate: 50_000,
  announcedAt: at,
  startsAt: at,
  endsAt: at,
  closedAt: at,
  seed,
};
const taskId = '0198f2a0-0000-7000-8000-000000000001';
const passed = { state: 'PASSED' as const, reasons: [], verifications: [], endedAt: at };

const drawOf = (attempt: number): DrawView => {
  const of = { taskId, attempt, precommit: 'cd'.repeat(32) };
  const rate = auditRate(epoch.baseRate, 500);
  return {
    ...of,
    drawId: `0198f2a0-0000-7000-8000-${String(attempt).padStart(12, '0')}`,
    nodeId: `U${'A'.repeat(55)}`,
    precommittedAt: at,
    score: 500,
    rate,
    audit: isAudited(auditDraw(seed, of), rate) ? passed : null,
  };
};

describe('ganglion audit', () => {
  let server: Server;
  let network: string[];
  let draws: DrawView[];
  let shown: EpochView;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname === '/v1/epochs')
        return void response.end(JSON.stringify({ items: [shown], nextCursor: null }));
      if (url.pathname !== '/v1/epochs/7/draws') {
        const error = { message: 'epoch 8 is not closed', type: 'x', param: null, code: 'conflict' };
        return void response.writeHead(409).end(JSON.stringify({ error }));
      }
      const from = draws.findIndex(({ drawId }) => drawId === url.searchParams.get('cursor')) + 1;
      const items = draws.slice(from, from + Number(url.searchParams.get('limit')));
      const isLast = from + items.length >= draws.length;
      const nextCursor = isLast ? null : items.at(-1)?.drawId;
      response.end(JSON.stringify({ epoch: shown, items, nextCursor }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    network = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--api-key', 'gk_test'];
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  beforeEach(() => {
    draws = Array.from({ length: 450 }, (_, index) => drawOf(index + 1));
    shown = { ...epoch };
  });

  it('recomputes every draw of an epoch, page by page', async () => {
    const { code, out, err } = await run([...network, 'audit', 'verify', '7']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const audited = draws.filter(({ audit }) => audit).length;
    expect(audited).toBeGreaterThan(10);
    expect(out).toContain(`450 precommits, ${audited} audited`);
    expect(out).toContain('Exactly those were audited');
  });

  it('exits with 1 for an audit that is missing, and one that is too many, on whatever page', async () => {
    const missing = draws.findLast(({ audit }) => audit)!;
    const extra = draws.find(({ audit }) => !audit)!;
    missing.audit = null;
    extra.audit = passed;
    const { code, out } = await run([...network, 'audit', 'verify', '7']);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`✗ missing: task ${taskId}, attempt ${missing.attempt}: drawn`));
    expect(out).toMatch(new RegExp(`✗ extra: task ${taskId}, attempt ${extra.attempt}: audited`));
    expect(out.match(/✗/g)).toHaveLength(2);
  });

  it('exits with 1 for a seed that is not the published one, and a rate that is not that of the score', async () => {
    shown = { ...epoch, seedHash: 'ab'.repeat(32) };
    draws[0]!.rate = 1;
    const { code, out } = await run([...network, '--json', 'audit', 'verify', '7']);
    expect(code).toBe(1);
    const { problems } = JSON.parse(out) as { problems: { kind: string }[] };
    expect(problems.map(({ kind }) => kind)).toEqual(['seed', 'rate']);
  });

  it('exits with 1 for an answer that was left out', async () => {
    const vectors = join(import.meta.dirname, '../../../libs/commitment/vectors/receipts.json');
    const [{ receipt }] = JSON.parse(await readFile(vectors, 'utf8')) as [{ receipt: Receipt }];
    const args = [...network, 'audit', 'verify', '7', '--receipt', '-'];
    const without = await run(args, JSON.stringify(receipt));
    expect(without.code).toBe(1);
    expect(without.out).toMatch(new RegExp(`✗ left_out: task ${receipt.taskId}, attempt 1: precommit`));
    const { proof } = receipt.choices[0]!.segments[0]!;
    const of = {
      taskId: receipt.taskId,
      attempt: 1,
      precommit: proof.kind === 'commit' ? proof.precommit : '',
    };
    draws.push({
      ...drawOf(451),
      ...of,
      audit: isAudited(auditDraw(seed, of), drawOf(1).rate) ? passed : null,
    });
    expect((await run(args, JSON.stringify(receipt))).code).toBe(0);
    expect((await run(args, '{}')).err).toMatch(/not a receipt/);
  });

  it('says that an epoch is not closed', async () => {
    const { code, err } = await run([...network, 'audit', 'verify', '8']);
    expect({ code, err }).toMatchObject({ code: 1, err: /epoch 8 is not closed/ });
  });

  it('lists the epochs', async () => {
    const { code, out } = await run([...network, 'audit', 'epochs']);
    expect(code).toBe(0);
    expect(out).toMatch(/7 +2030-01-01T00:00:00.000Z +2030-01-01T00:00:00.000Z +5 % +closed/);
  });

  it('exits with 2 for a number that is none', async () => {
    const { code, err } = await run([...network, 'audit', 'verify', 'seven']);
    expect({ code, err }).toMatchObject({ code: 2, err: /must be a number/ });
  });
});
