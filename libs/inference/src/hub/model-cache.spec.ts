import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hollowFiles } from '../testing/fake-hub.js';
import { PullBench, REPOSITORY, SIZE } from '../testing/pull-bench.js';
import { cacheDirectory } from './model-cache.js';

describe('the cache', () => {
  let bench: PullBench;
  let commit: string;

  beforeEach(async () => {
    bench = await PullBench.start();
    commit = bench.hub.publish(REPOSITORY, hollowFiles(SIZE, ['int8', 'q4']));
    await bench.pull(`hf:${REPOSITORY}:int8`);
    await bench.pull(`hf:${REPOSITORY}:q4`);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  it('is where it is told to be, or where caches are', () => {
    expect(cacheDirectory({ GANGLION_CACHE: '/models', XDG_CACHE_HOME: '/xdg' })).toBe('/models');
    expect(cacheDirectory({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/ganglion');
    expect(cacheDirectory({ XDG_CACHE_HOME: '' })).toBe(join(homedir(), '.cache', 'ganglion'));
  });

  it('lists what can be run', async () => {
    expect(await bench.cache.list()).toEqual(
      ['int8', 'q4'].map((quantisation) => ({
        repository: REPOSITORY,
        commit,
        quantisation,
        directory: bench.cache.directoryOf(REPOSITORY, commit),
        bytes: SIZE + 11,
        pulledAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      })),
    );
  });

  it('removes a quantisation, and leaves the others whole', async () => {
    expect(await bench.cache.remove(REPOSITORY, { quantisation: 'int8' })).toBe(SIZE);
    expect((await bench.cache.list()).map(({ quantisation }) => quantisation)).toEqual(['q4']);
    expect(readdirSync(join(bench.cache.directoryOf(REPOSITORY, commit), 'onnx'))).toEqual(['model_q4.onnx']);
    expect(await bench.cache.remove(REPOSITORY, { quantisation: 'q4' })).toBe(SIZE + 11);
    expect(existsSync(bench.cache.directoryOf(REPOSITORY, commit))).toBe(false);
  });

  it('removes a commit, and leaves others', async () => {
    bench.hub.publish(REPOSITORY, { ...hollowFiles(SIZE), 'config.json': '{"new":1}' });
    const { commit: newer } = await bench.pull();
    await bench.cache.remove(REPOSITORY, { commit });
    expect((await bench.cache.list()).map((model) => model.commit)).toEqual([newer]);
  });

  it('removes a whole repository, with what stopped half-way', async () => {
    bench.hub.publish(REPOSITORY, hollowFiles(SIZE, ['fp32']));
    bench.hub.faults.set('onnx/model.onnx', [{ kind: 'status', status: 404 }]);
    expect(await bench.pull()).toMatchObject({ commit }); // the older one: the newer one cannot be had
    const folder = bench.cache.folderOf(REPOSITORY);
    expect(readdirSync(folder).some((name) => name.endsWith('.incomplete'))).toBe(true);
    expect(await bench.cache.remove(REPOSITORY)).toBe(2 * SIZE + 11);
    expect(readdirSync(folder).sort()).toEqual(['lock', 'refs']);
  });

  it('says when there is nothing to remove', async () => {
    await expect(bench.cache.remove('some/other')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(bench.cache.remove(REPOSITORY, { quantisation: 'fp16' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });

  it('removes nothing while the model is downloaded', async () => {
    const lock = await bench.cache.lock(REPOSITORY, {});
    await expect(bench.cache.remove(REPOSITORY)).rejects.toMatchObject({ code: 'MODEL_BUSY' });
    expect(await bench.cache.list()).toHaveLength(2);
    await lock.release();
  });
});
