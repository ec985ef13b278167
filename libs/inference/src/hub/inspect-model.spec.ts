import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeHub, hollowFiles, tinyFiles } from '../testing/fake-hub.js';
import { PullBench, REPOSITORY } from '../testing/pull-bench.js';
import { TINY } from '../testing/tiny-engine.js';
import { inspectModel } from './inspect-model.js';
import { listModels } from './list-models.js';
import { obtainModel } from './obtain-model.js';

let bench: PullBench;
let options: { bundled: string; cache: string; hub: { address: string } };

beforeEach(async () => {
  bench = await PullBench.start();
  options = { bundled: join(TINY, '..'), cache: bench.root, hub: { address: bench.hub.address } };
});

afterEach(() => bench[Symbol.asyncDispose]());

describe('a model that is inspected', () => {
  it('is described without its weights while it is on a hub only', async () => {
    const commit = bench.hub.publish('ganglion/Tiny', tinyFiles());
    const report = await inspectModel('hf:ganglion/Tiny', options);
    expect(report).toMatchObject({
      source: `hf:ganglion/Tiny@${commit}:int8`,
      id: 'tiny',
      quantisation: 'int8',
      parameters: 2_607_552,
      contextLength: 1024,
      eosTokenIds: [2, 0],
      chatTemplate: 'tokenizer_config.json',
      config: { num_hidden_layers: 6 },
    });
    expect(report).not.toHaveProperty('directory');
    expect(report.memory).toBeGreaterThan(report.bytes);
    expect(bench.hub.downloads.sort()).toEqual([
      'config.json',
      'generation_config.json',
      'tokenizer_config.json',
    ]);
    expect(await bench.cache.list()).toEqual([]);
  });

  it('is the same one when it is in the cache, with a hash of each file, and no network', async () => {
    bench.hub.publish('ganglion/Tiny', tinyFiles());
    const { files: _, bytes: __, ...there } = await inspectModel('hf:ganglion/Tiny', options);
    const { model } = await obtainModel('hf:ganglion/Tiny', options);
    bench.hub.seen.length = 0;
    const report = await inspectModel('hf:ganglion/Tiny', options);
    expect(report).toMatchObject({ ...there, directory: model });
    expect(report.files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256!))).toBe(true);
    expect(bench.hub.seen).toEqual([]);
  });

  it('is refused when it is not what was pulled any more', async () => {
    bench.hub.publish('ganglion/Tiny', tinyFiles());
    const { model } = await obtainModel('hf:ganglion/Tiny', options);
    const graph = join(model, 'onnx/model_int8.onnx');
    const content = readFileSync(graph);
    content[3_000_000]! ^= 1;
    writeFileSync(graph, content);
    await expect(inspectModel('hf:ganglion/Tiny', options)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'onnx/model_int8.onnx',
      message: expect.stringMatching(/is not what was pulled: remove .*pull it again/) as string,
    });
  });

  it('may be bundled, or in a directory', async () => {
    const { source, ...bundled } = await inspectModel('bundled:tiny', options);
    expect(source).toBe('bundled:tiny');
    expect(await inspectModel(TINY, options)).toEqual({ ...bundled, source: TINY });
  });

  it('is described where its configuration says little', async () => {
    const report = await inspectModel(`hf:${REPOSITORY}`, options);
    expect(report).toMatchObject({ eosTokenIds: [], config: {} });
    for (const absent of ['parameters', 'contextLength', 'memory', 'chatTemplate'])
      expect(report).not.toHaveProperty(absent);
  });

  it('is refused when its files are none, or it is none', async () => {
    bench.hub.publish('some/broken', { ...hollowFiles(10), 'config.json': '[1]' });
    await expect(inspectModel('hf:some/broken', options)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'config.json',
    });
    await expect(inspectModel('auto', options)).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
  });
});

describe('the list of models', () => {
  it('has the bundled ones and those of the cache', async () => {
    await using other = await FakeHub.start();
    const commit = other.publish('some/other', { ...hollowFiles(100), ...tinyFiles() });
    await obtainModel('hf:some/other', { ...options, hub: { address: other.address } });
    const [bundled, cached, ...more] = await listModels(options);
    const shape = { quantisation: 'int8', parameters: 2_607_552, contextLength: 1024 };
    expect(bundled).toMatchObject({ reference: 'bundled:tiny', id: 'tiny', directory: TINY, ...shape });
    expect(cached).toMatchObject({ reference: 'hf:some/other:int8', id: 'other', commit, ...shape });
    expect(more).toEqual([]);
  });
});
