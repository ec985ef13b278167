import { mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { Neighbours } from './neighbours.fixture.js';

jest.setTimeout(30_000);

const PAGE = '<!doctype html><title>the page</title>';
const SCRIPT = 'console.log("the script")';
const browser = { accept: 'text/html,*/*;q=0.8' };

describe('the dashboard’s page', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  beforeEach(async () => {
    const assets = join(neighbours.dashboard, 'assets');
    await mkdir(assets, { recursive: true });
    await writeFile(join(neighbours.dashboard, 'index.html'), PAGE);
    await writeFile(join(neighbours.dashboard, 'icon.svg'), '<svg/>');
    await writeFile(join(neighbours.dashboard, '..', 'outside.txt'), 'outside');
    await writeFile(join(assets, 'index-abc.js'), SCRIPT);
    await writeFile(join(assets, 'index-abc.js.br'), brotliCompressSync(SCRIPT));
  });
  afterAll(() => neighbours[Symbol.asyncDispose]());

  /** As it is, without what fetch does to a path or to what is packed. */
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const asking = request(neighbours.url, { path, headers, method }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      asking.once('error', reject).end();
    });

  it.each(['/', '/?from=somewhere', '/nodes', '/tasks/01970000-0000-7000-8000-000000000000', '/keys?x=1'])(
    'is at %s for a browser, guarded, and asked for each time',
    async (path) => {
      const { status, headers, body } = await get(path, browser);
      expect([status, body.toString()]).toEqual([200, PAGE]);
      expect(headers).toMatchObject({
        'content-type': expect.stringMatching(/^text\/html/),
        'cache-control': expect.stringMatching(/max-age=0/),
        'content-security-policy': expect.stringMatching(/default-src 'self';.*frame-ancestors 'none'/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    },
  );

  it('lets nothing run in it that is not its own', async () => {
    const policy = String((await get('/', browser)).headers['content-security-policy']);
    expect(policy).not.toMatch(/script-src|unsafe-eval|https?:|\*/);
    expect(policy.match(/[^;]*'unsafe-inline'/g)).toEqual([" style-src 'self' 'unsafe-inline'"]);
  });

  it('is not read again by a browser that has it', async () => {
    const { etag } = (await get('/', browser)).headers;
    expect((await get('/', { ...browser, 'if-none-match': String(etag) })).status).toBe(304);
    expect((await get('/', browser, 'HEAD')).body).toHaveLength(0);
  });

  it('has files whose names hold a hash, kept for good, packed for those who can unpack', async () => {
    const plain = await get('/assets/index-abc.js');
    expect([plain.status, plain.body.toString()]).toEqual([200, SCRIPT]);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const packed = await get('/assets/index-abc.js', { 'accept-encoding': 'gzip, br' });
    expect(packed.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': expect.stringMatching(/javascript/),
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect(brotliDecompressSync(packed.body).toString()).toBe(SCRIPT);
  });

  it('packs on its way what is long and was not packed before', async () => {
    const text = 'body { margin: 0 }\n'.repeat(500);
    await writeFile(join(neighbours.dashboard, 'assets', 'index-abc.css'), text);
    const both = { 'accept-encoding': 'gzip, br' };
    const packed = await get('/assets/index-abc.css', both);
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': expect.stringMatching(/^text\/css/),
      'cache-control': expect.stringMatching(/immutable/),
    });
    expect(packed.headers).not.toHaveProperty('content-length');
    expect(packed.body.length).toBeLessThan(text.length / 10);
    expect(gunzipSync(packed.body).toString()).toBe(text);
    const part = await get('/assets/index-abc.css', { ...both, range: 'bytes=0-3' });
    expect([part.status, part.body.toString(), part.headers['content-encoding']]).toEqual([
      206,
      'body',
      undefined,
    ]);
    const head = await get('/assets/index-abc.css', both, 'HEAD');
    expect(head.headers['content-length']).toBe(String(text.length));
    const { etag } = packed.headers;
    const again = await get('/assets/index-abc.css', { ...both, 'if-none-match': String(etag) });
    expect(again.status).toBe(304);
    for (const encoding of ['identity', 'br']) {
      const plain = await get('/assets/index-abc.css', { 'accept-encoding': encoding });
      expect([plain.body.toString(), plain.headers['content-encoding']]).toEqual([text, undefined]);
    }
  });

  it('has other files, asked for each time', async () => {
    const { status, headers } = await get('/icon.svg');
    expect(status).toBe(200);
    expect(headers['cache-control']).toMatch(/max-age=0/);
  });

  it.each([
    ['an asset that is not there', '/assets/gone.js', browser],
    ['a program’s wrong address', '/nodes', { accept: 'application/json' }],
    ['an unknown route', '/v1/nowhere', browser],
    ['an unknown route of operators', '/admin/nowhere', browser],
    ['an unknown well-known address', '/.well-known/nowhere', browser],
  ])('is not %s: that is an error', async (_, path, headers) => {
    const { status, body } = await get(path, headers);
    expect(status).toBe(404);
    expect(JSON.parse(body.toString())).toMatchObject({ error: { code: 'unknown_url' } });
  });

  it.each([
    '/../outside.txt',
    '/assets/../../outside.txt',
    '/assets/%2e%2e/%2e%2e/outside.txt',
    '//etc/passwd',
  ])('is no way out of its folder: %s', async (path) => {
    const { status, body } = await get(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.toString()).not.toMatch(/^outside|root:/);
  });

  it('takes nothing', async () => {
    expect((await get('/nodes', browser, 'POST')).status).toBe(404);
  });

  it('says how to build it where it is not built', async () => {
    await rm(neighbours.dashboard, { recursive: true });
    const { status, headers, body } = await get('/', browser);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(body.toString()).toMatch(/npm run build --workspace @ganglion\/dashboard/);
    expect((await get('/nodes', browser)).status).toBe(404);
  });
});
