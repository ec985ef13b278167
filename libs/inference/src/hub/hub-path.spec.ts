import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GRAPH, PullBench } from '../testing/pull-bench.js';

let bench: PullBench;

beforeEach(async () => {
  bench = await PullBench.start();
});

afterEach(() => bench[Symbol.asyncDispose]());

describe('a pull from a hostile hub', () => {
  it.each([
    '../../escape',
    '/etc/passwd',
    'a/../../b',
    'a\\..\\b',
    'C:evil',
    'a\0b',
    'a//b',
    './a',
    'x'.repeat(300),
    7,
  ])('downloads nothing when it lists %j', async (path) => {
    bench.hub.extraEntries = [{ type: 'file', path, size: 1, oid: '0'.repeat(40) }];
    await expect(bench.pull()).rejects.toMatchObject({ code: 'DOWNLOAD_INVALID' });
    expect(bench.hub.downloads).toEqual([]);
  });

  it('refuses sizes that are none', async () => {
    bench.hub.extraEntries = [{ type: 'file', path: 'onnx/model_q4.onnx', size: -1 }];
    await expect(bench.pull()).rejects.toMatchObject({ code: 'DOWNLOAD_INVALID' });
  });

  it('refuses a configuration of gigabytes', async () => {
    bench.hub.extraEntries = [{ type: 'file', path: 'generation_config.json', size: 2 ** 31 }];
    await expect(bench.pull()).rejects.toMatchObject({
      code: 'DOWNLOAD_INVALID',
      field: 'generation_config.json',
    });
    expect(bench.hub.downloads).toEqual([]);
  });

  it('refuses what no disk holds before anything is downloaded', async () => {
    bench.hub.extraEntries = [{ type: 'file', path: `${GRAPH}_data`, size: 2 ** 50 }];
    await expect(bench.pull()).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/MB are needed.*GANGLION_CACHE/) as string,
    });
    expect(bench.hub.downloads).toEqual([]);
  });

  it('writes through no link', async () => {
    const outside = join(bench.root, 'outside');
    writeFileSync(outside, 'mine');
    mkdirSync(dirname(bench.incomplete), { recursive: true });
    symlinkSync(outside, `${bench.incomplete}.part`);
    await expect(bench.pull()).rejects.toThrow(/ELOOP/);
    expect(readFileSync(outside, 'utf8')).toBe('mine');
  });

  it('follows no endless redirects', async () => {
    bench.hub.storage = bench.hub;
    await expect(bench.pull()).rejects.toMatchObject({
      code: 'DOWNLOAD_INVALID',
      message: expect.stringMatching(/redirects more than 5 times/) as string,
    });
  });

  it('is no web page', async () => {
    bench.hub.apiStatus = { status: 200 };
    await expect(bench.pull()).rejects.toThrow(/does not answer as a model hub does/);
  });
});
