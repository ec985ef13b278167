import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeHub, hollowFiles } from '@ganglion/inference/testing';
import { fetchModel, teller } from './fetch-model.js';

type Line = string | Record<string, unknown>;

/** As Nest's, its methods need their object. */
class Lines {
  lines: Line[] = [];

  log(line: Line): void {
    this.lines.push(line);
  }

  warn(line: Line): void {
    this.lines.push(line);
  }
}

describe('the model of a miner', () => {
  let hub: FakeHub;
  let cache: string;
  let log: Lines;

  beforeEach(async () => {
    hub = await FakeHub.start();
    cache = mkdtempSync(join(tmpdir(), 'ganglion-miner-'));
    log = new Lines();
  });
  afterEach(async () => {
    await hub[Symbol.asyncDispose]();
    rmSync(cache, { recursive: true });
  });

  const fetch = (signal = new AbortController().signal) =>
    fetchModel(
      {
        model: 'hf:Some/Model',
        quantisation: 'q4',
        slots: 2,
        source: { bundled: cache, cache, address: hub.address, token: undefined },
      },
      log,
      signal,
    );

  it('is downloaded, with lines in the log, and found in the cache the next time', async () => {
    const commit = hub.publish('Some/Model', hollowFiles(5000, ['int8', 'q4']));
    hub.faults.set('onnx/model_q4.onnx', [{ kind: 'drop', at: 2000 }]);
    const model = {
      model: join(cache, 'models', 'Some--Model', commit),
      id: 'model',
      quantisation: 'q4',
      source: `hf:Some/Model@${commit}:q4`,
    };
    expect(await fetch()).toEqual(model);
    const facts = { repository: 'Some/Model', totalBytes: 5011 };
    expect(log.lines).toEqual([
      expect.objectContaining({ message: 'downloading the model', ...facts, commit, quantisation: 'q4' }),
      expect.objectContaining({ message: 'the download is tried again' }),
      { message: 'downloaded the model', ...facts },
    ]);
    log = new Lines();
    expect(await fetch()).toEqual(model);
    expect(log.lines).toEqual([]);
  });

  it('is not waited for when the miner is stopped', async () => {
    hub.publish('Some/Model', hollowFiles(5000, ['q4']));
    hub.faults.set('onnx/model_q4.onnx', [{ kind: 'stall', at: 2000 }]);
    await expect(fetch(AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is told about every five seconds', () => {
    const tell = teller(log);
    const started = { repository: 'a/b', commit: 'c', quantisation: 'q4', files: 1, totalBytes: 1000 };
    tell({ kind: 'started', ...started }, 0);
    for (let now = 0; now <= 10_000; now += 200) {
      const progress = { files: [], bytes: now / 20, totalBytes: 1000, bytesPerSecond: 50, etaSeconds: 9.1 };
      tell({ kind: 'progress', progress }, now);
    }
    expect(log.lines.slice(1)).toEqual([
      expect.objectContaining({ message: 'downloading', percent: 25, bytesPerSecond: 50, etaSeconds: 10 }),
      expect.objectContaining({ message: 'downloading', repository: 'a/b', percent: 50 }),
    ]);
  });
});
