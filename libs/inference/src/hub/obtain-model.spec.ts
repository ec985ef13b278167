import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../open-engine.js';
import { FakeHub, hollowFiles, tinyFiles } from '../testing/fake-hub.js';
import { PullBench, REPOSITORY } from '../testing/pull-bench.js';
import { build, chat, collect, request, textOf, TINY } from '../testing/tiny-engine.js';
import { CANDIDATES } from './auto-choice.js';
import { obtainModel, type ObtainedModel, type ObtainOptions } from './obtain-model.js';

const BUNDLED = join(TINY, '..');
const [LARGEST, , , SMALLEST] = CANDIDATES.map(({ repository }) => repository);

let bench: PullBench;
let notices: string[];

beforeEach(async () => {
  bench = await PullBench.start();
  notices = [];
});

afterEach(() => bench[Symbol.asyncDispose]());

const obtain = (text: string, options: Partial<ObtainOptions> = {}): Promise<ObtainedModel> =>
  obtainModel(text, {
    bundled: BUNDLED,
    cache: bench.root,
    hub: { address: bench.hub.address, patience: { firstDelayMs: 1, tries: 2 } },
    onEvent: (event) => event.kind === 'notice' && notices.push(event.message),
    ...options,
  });

describe('a model', () => {
  it('of a hub answers questions', async () => {
    build();
    const commit = bench.hub.publish('ganglion/Tiny', tinyFiles());
    const { source, ...model } = await obtain('hf:ganglion/Tiny');
    expect(source).toBe(`hf:ganglion/Tiny@${commit}:int8`);
    const engine = await openEngine({ ...model, threads: 1 });
    try {
      expect(engine.model).toMatchObject({ id: 'tiny', quantisation: 'int8' });
      expect(engine.model.challenges.length).toBeGreaterThan(0);
      const answer = await collect(engine, request(chat('What is the capital of Japan?')));
      expect(textOf(answer)).toBe('The capital of Japan is Tokyo.');
    } finally {
      await engine.close();
    }
  });

  it('that is bundled, or a directory, is found where it is', async () => {
    expect(await obtain('bundled:tiny')).toEqual({ model: TINY, id: 'tiny', source: 'bundled:tiny' });
    expect(await obtain('bundled:tiny:int8')).toMatchObject({ quantisation: 'int8' });
    expect(await obtain(TINY, { quantisation: 'q4' })).toMatchObject({ model: TINY, quantisation: 'q4' });
    expect(bench.hub.seen).toEqual([]);
  });

  it('keeps its name when its directory in the cache is given', async () => {
    const { model, id } = await obtain(`hf:${REPOSITORY}`);
    expect(id).toBe('model');
    expect(await obtain(model)).toMatchObject({ model, id });
  });

  it('that is not there is refused with what may be meant', async () => {
    await expect(obtain('bundled:huge')).rejects.toThrow(/there is bundled:tiny/);
    await expect(obtain('/nowhere')).rejects.toThrow(/no \/nowhere\/config.json/);
    await expect(obtain('some/model')).rejects.toThrow(/written hf:some\/model/);
  });

  it('is of the quantisation asked for beside the reference, before the one in it', async () => {
    bench.hub.publish(REPOSITORY, hollowFiles(10, ['int8', 'q4', 'fp32']));
    expect(await obtain(`hf:${REPOSITORY}:q4`, { quantisation: 'fp32' })).toMatchObject({
      quantisation: 'fp32',
    });
  });

  it('that cannot be had is refused with what works instead', async () => {
    await obtain(`hf:${REPOSITORY}`);
    bench.hub.apiStatus = { status: 503 };
    await expect(obtain('hf:some/other')).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      message: expect.stringMatching(
        /hf:some\/other@main is not in the cache.*503.*GANGLION_MODEL_MIRROR.*directory.*bundled:tiny.*hf:some\/model:int8/,
      ) as string,
    });
  });

  it('of a hub that is not there is refused with its address', async () => {
    const address = await FakeHub.start().then(async (gone) => {
      await gone[Symbol.asyncDispose]();
      return gone.address;
    });
    const hub = { address, patience: { tries: 2, firstDelayMs: 1 } };
    await expect(obtain('hf:a/b', { hub })).rejects.toThrow(
      /cannot be reached: .*ECONNREFUSED.*the cache in .* is empty/,
    );
  });
});

describe('auto', () => {
  const large = 64e9;

  it('takes the largest that fits', async () => {
    bench.hub.publish(LARGEST!, hollowFiles(10));
    expect(await obtain('auto', { freeMemory: large })).toMatchObject({ id: 'llama-3.2-1b-instruct' });
    expect(notices.join()).toMatch(
      /Llama-3.2-1B-Instruct fits \(64.0 GB of memory free, 2 slots; it needs [\d.]+ GB\)/,
    );
  });

  it('takes a smaller one when memory is short, and a larger number of slots needs more', async () => {
    bench.hub.publish(SMALLEST!, hollowFiles(10));
    expect(await obtain('auto', { freeMemory: 1.3e9 })).toMatchObject({ id: 'smollm2-135m-instruct' });
    expect(await obtain('auto', { freeMemory: 1.3e9, slots: 8 })).toMatchObject({ id: 'tiny' });
  });

  it('takes the largest in the cache that fits when there is no hub', async () => {
    const config = JSON.stringify(CANDIDATES[3]);
    bench.hub.publish('some/small', { ...hollowFiles(1000), 'config.json': config });
    bench.hub.publish('some/larger', { ...hollowFiles(2000), 'config.json': config });
    bench.hub.publish('some/unknown', hollowFiles(3000));
    for (const name of ['small', 'larger', 'unknown']) await obtain(`hf:some/${name}`);
    bench.hub.apiStatus = { status: 503 };
    expect(await obtain('auto', { freeMemory: large })).toMatchObject({ id: 'larger', quantisation: 'int8' });
    expect(notices.join()).toMatch(
      /503.*hf:some\/larger@[0-9a-f]{40}:int8 is the largest model in the cache that fits/,
    );
  });

  it('takes the bundled one when nothing can be written', async () => {
    bench.hub.publish(LARGEST!, hollowFiles(10));
    writeFileSync(join(bench.root, 'file'), '');
    const cache = join(bench.root, 'file', 'cache');
    expect(await obtain('auto', { freeMemory: large, cache })).toMatchObject({ id: 'tiny' });
    expect(notices.join()).toMatch(/cannot be written .*GANGLION_CACHE/);
  });

  it('takes the bundled one when there is nothing else', async () => {
    bench.hub.apiStatus = { status: 503 };
    expect(await obtain('auto', { freeMemory: large })).toMatchObject({ id: 'tiny', source: 'bundled:tiny' });
    expect(notices.at(-1)).toMatch(/nothing larger than bundled:tiny/);
  });
});
