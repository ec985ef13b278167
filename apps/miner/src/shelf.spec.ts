import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledModel } from '@ganglion/testkit';
import { type MinerConfig, readMinerConfig } from './miner.config.js';
import { fillShelf } from './shelf.js';

describe('the shelf of models', () => {
  let folder: string;
  const log = { log: () => {}, warn: () => {} };
  const signal = new AbortController().signal;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-shelf-'));
    await cp(bundledModel, join(folder, 'warm'), { recursive: true });
    const path = join(folder, 'warm', 'generation_config.json');
    const defaults = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...defaults, temperature: 0.25 }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fill = (...args: string[]) => fillShelf(readMinerConfig(args) as MinerConfig, log, signal);

  it('has the one model that is run, and does not read it', async () => {
    const { first, loadable } = await fill('--model', 'bundled:tiny');
    expect(first).toMatchObject({ id: 'tiny' });
    expect(first).not.toHaveProperty('digest');
    expect(loadable).toEqual([]);
  });

  it('has all models with their digests, each once, where there is a choice', async () => {
    const also = ['--also', join(folder, 'warm'), '--also', 'bundled:tiny'];
    const { first, loadable } = await fill('--model', 'bundled:tiny', ...also);
    expect(loadable.map(({ id }) => id)).toEqual(['tiny', 'warm']);
    expect(new Set(loadable.map(({ digest }) => digest)).size).toBe(2);
    expect(first.digest).toBe(loadable[0]!.digest);
  });

  it('says which of them cannot be read', async () => {
    await cp(join(folder, 'warm'), join(folder, 'broken'), { recursive: true });
    await rm(join(folder, 'broken', 'tokenizer.json'));
    const filled = fill('--model', 'bundled:tiny', '--also', join(folder, 'broken'));
    await expect(filled).rejects.toMatchObject({ code: 'MODEL_INVALID', message: /tokenizer\.json/ });
  });
});
