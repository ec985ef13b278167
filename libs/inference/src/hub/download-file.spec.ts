import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hollowFiles, type Fault } from '../testing/fake-hub.js';
import { GRAPH, graphOf, PullBench, REPOSITORY, SIZE } from '../testing/pull-bench.js';

let bench: PullBench;

beforeEach(async () => {
  bench = await PullBench.start();
});

afterEach(() => bench[Symbol.asyncDispose]());

describe('a download from a hub with faults', () => {
  it.each<[string, Fault]>([
    ['drops the connection', { kind: 'drop', at: 100_000 }],
    ['ends too early', { kind: 'truncate', at: 100_000 }],
    ['stalls', { kind: 'stall', at: 100_000 }],
  ])('goes on where it was when it %s', async (_, fault) => {
    bench.fails(fault);
    const pulled = await bench.pull(undefined, { patience: { stallMs: 1000 } });
    expect(graphOf(pulled)).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.graphDownloads).toEqual([GRAPH, expect.stringMatching(/bytes=[1-9]\d*-$/)]);
    expect(bench.tells('retry')).toMatch(/ended after|connection to .* broke: |sent nothing/);
  });

  it('begins again when the server ignores ranges', async () => {
    bench.hub.ignoresRange = true;
    bench.fails({ kind: 'drop', at: 100_000 });
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
  });

  it('begins again when the server continues elsewhere than asked', async () => {
    bench.fails({ kind: 'drop', at: 100_000 }, { kind: 'wrong-range' });
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.graphDownloads).toHaveLength(3);
    expect(bench.graphDownloads[2]).toBe(GRAPH);
  });

  it('begins again when another version is continued', async () => {
    bench.fails({ kind: 'drop', at: 100_000 }, { kind: 'other-version' });
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.tells('retry')).toMatch(/continues another version/);
    expect(bench.graphDownloads.at(-1)).toBe(GRAPH);
  });

  it.each([true, false])(
    'resumes by content where there is no version to rely on (etag: %s)',
    async (given) => {
      bench.hub.givesEtag = given;
      bench.fails({ kind: 'drop', at: 100_000 });
      expect(graphOf(await bench.pull())).toHaveLength(SIZE);
      const [, second] = bench.hub.seen.filter(({ path }) => path.endsWith(GRAPH));
      expect(second!.headers['if-range'] !== undefined).toBe(given);
    },
  );

  it('throws away a part of another version', async () => {
    bench.fails(
      { kind: 'drop', at: 100_000 },
      { kind: 'drop', at: 0 },
      { kind: 'drop', at: 0 },
      { kind: 'drop', at: 0 },
    );
    await expect(bench.pull()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    writeFileSync(`${bench.incomplete}.part.etag`, '"older"');
    writeFileSync(`${bench.incomplete}.part`, 'older bytes');
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.hub.seen.at(-1)!.headers).toMatchObject({ 'if-range': '"older"', range: 'bytes=11-' });
  });

  it('fetches a corrupted file once more', async () => {
    bench.fails({ kind: 'corrupt', at: 200_000 });
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.graphDownloads).toEqual([GRAPH, GRAPH]);
  });

  it.each(['config.json', GRAPH])(
    'refuses %s when it comes corrupted twice, and keeps nothing of it',
    async (path) => {
      bench.hub.faults.set(path, [
        { kind: 'corrupt', at: 1 },
        { kind: 'corrupt', at: 1 },
      ]);
      await expect(bench.pull()).rejects.toMatchObject({ code: 'DOWNLOAD_INVALID', field: path });
      const incomplete = bench.cache.incompleteOf(REPOSITORY, bench.commit, 'int8');
      expect(existsSync(join(incomplete, path))).toBe(false);
      expect(existsSync(join(incomplete, `${path}.part`))).toBe(false);
      expect(await bench.cache.list()).toEqual([]);
    },
  );

  it('cuts off a server that sends more than it listed', async () => {
    bench.fails({ kind: 'longer', by: 10 }, { kind: 'longer', by: 50_000_000 });
    await expect(bench.pull()).rejects.toMatchObject({
      code: 'DOWNLOAD_INVALID',
      message: expect.stringMatching(/longer than the 300000 bytes/) as string,
    });
  });

  it('waits as long as it is asked to', async () => {
    bench.fails(
      { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
      { kind: 'status', status: 503 },
    );
    expect(graphOf(await bench.pull())).toHaveLength(SIZE);
    const delays = bench.events.flatMap((event) => (event.kind === 'retry' ? [event.delayMs] : []));
    expect(delays[0]).toBe(1000);
    expect(bench.tells('retry')).toMatch(/429.*503/);
  });

  it('gives up after several failures in a row, and goes on where it was the next time', async () => {
    bench.fails({ kind: 'drop', at: 250_000 }, ...Array<Fault>(3).fill({ kind: 'status', status: 500 }));
    await expect(bench.pull()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    bench.hub.seen.length = 0;
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.hub.downloads).toHaveLength(1);
    expect(bench.hub.downloads[0]).toMatch(/bytes=[1-9]/);
  });

  it('gives up a server that makes it begin again each time', async () => {
    const size = 3_000_000;
    bench.hub.publish(REPOSITORY, hollowFiles(size));
    const cut: Fault[] = Array.from({ length: 20 }, () => ({ kind: 'truncate', at: 2_000_000 }));
    bench.fails(...cut.flatMap((fault): Fault[] => [fault, { kind: 'status', status: 416 }]));
    await expect(bench.pull()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    expect(bench.graphDownloads.length).toBeLessThan(8);
  });

  it.each([
    [401, { 'x-error-code': 'GatedRepo' }, 'HUB_REFUSED', /gated: accept its terms .* HF_TOKEN/],
    [403, {}, 'HUB_REFUSED', /gated/],
    [401, {}, 'HUB_REFUSED', /HF_TOKEN is missing, wrong or expired/],
    [404, {}, 'MODEL_NOT_FOUND', /check the name/],
    [418, {}, 'DOWNLOAD_INVALID', /418/],
  ])('says what %d %j means', async (status, headers, code, message) => {
    bench.fails({ kind: 'status', status, headers: headers as Record<string, string> });
    const refusal = expect(bench.pull()).rejects;
    await refusal.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('says that there is no such repository or quantisation', async () => {
    await expect(bench.pull('hf:some/other')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/no some\/other: check the name; if it is private.*HF_TOKEN/) as string,
    });
    await expect(bench.pull(`hf:${REPOSITORY}:fp16`)).rejects.toThrow(
      /no fp16 in some\/model: choose one of int8/,
    );
    bench.hub.publish('some/pytorch', { 'config.json': '{}', 'model.safetensors': 'x' });
    await expect(bench.pull('hf:some/pytorch')).rejects.toThrow(
      /no tokenizer.json, .*onnx\/model\*.onnx: look for/,
    );
  });

  it('stops when it is cancelled, keeps what came, and goes on from there', async () => {
    bench.fails({ kind: 'stall', at: 100_000 });
    const stop = new AbortController();
    const running = bench.pull(undefined, { signal: stop.signal });
    await bench.arrived(100_000);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(readFileSync(`${bench.incomplete}.part`)).toHaveLength(100_000);
    bench.hub.seen.length = 0;
    expect(graphOf(await bench.pull())).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.graphDownloads).toEqual([`${GRAPH} bytes=100000-`]);
  });
});
