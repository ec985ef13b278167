import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MinerConfig, readMinerConfig, UsageError } from './miner.config.js';

describe('the options of a miner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-miner-'));
  const kept = { ...process.env };
  afterEach(() => {
    process.env = { ...kept };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (...args: string[]): MinerConfig => readMinerConfig(args) as MinerConfig;

  it('come from the command line, then the environment, then defaults', () => {
    Object.assign(process.env, { GANGLION_URL: 'http://one:1', SLOTS: '5', DATA_DIR: folder });
    delete process.env['THREADS'];
    expect(read('--url', 'https://two')).toMatchObject({
      url: 'https://two',
      slots: 5,
      threads: undefined,
      contextLength: undefined,
      provider: 'cpu',
      data: folder,
    });
    Object.assign(process.env, { THREADS: '3', CONTEXT: '4096', PROVIDER: 'cuda' });
    expect(read('--threads', '7')).toMatchObject({ threads: 7, contextLength: 4096, provider: 'cuda' });
    expect(read().url).toBe('http://one:1');
    expect(read().healthPort).toBeUndefined();
    expect(read('--health-port', '0').healthPort).toBe(0);
  });

  it('find the bundled model, and any directory that holds one', () => {
    expect(read('--model', 'bundled:tiny').model).toMatch(/models.tiny$/);
    writeFileSync(join(folder, 'config.json'), '{}');
    expect(read('--model', folder).model).toBe(folder);
  });

  it('take a model of a hub, or whichever fits, in the quantisation asked for', () => {
    expect(read('--model', 'hf:a/b@v1:q4')).toMatchObject({ model: 'hf:a/b@v1:q4', quantisation: 'q4' });
    expect(read('--model', 'hf:a/b:q4', '--quant', 'int8').quantisation).toBe('int8');
    expect(read('--model', 'bundled:tiny:int8').quantisation).toBe('int8');
    Object.assign(process.env, { MODEL: 'auto', QUANT: 'fp32' });
    expect(read()).toMatchObject({ model: 'auto', quantisation: 'fp32' });
  });

  it('name the cache and the hub', () => {
    Object.assign(process.env, {
      GANGLION_CACHE: '/models',
      GANGLION_MODEL_MIRROR: 'https://mirror',
      HF_TOKEN: 'hf_x',
    });
    expect(read().source).toMatchObject({ cache: '/models', address: 'https://mirror', token: 'hf_x' });
    for (const name of ['GANGLION_CACHE', 'GANGLION_MODEL_MIRROR', 'HF_TOKEN']) delete process.env[name];
    process.env['XDG_CACHE_HOME'] = '/xdg';
    expect(read().source).toMatchObject({ cache: '/xdg/ganglion', address: undefined, token: undefined });
  });

  it('find the first token beside the data of a network on this machine', () => {
    delete process.env['GANGLION_TOKEN'];
    delete process.env['SECRETS_DIR'];
    mkdirSync(join(folder, 'secrets', 'miner'), { recursive: true });
    writeFileSync(join(folder, 'secrets', 'miner', 'join-token'), 'gt_first\n');
    expect(read('--data', join(folder, 'miner')).token).toBe('gt_first');
    expect(read('--data', join(folder, 'miner'), '--token', 'gt_own').token).toBe('gt_own');
    expect(read('--data', folder).token).toBeUndefined();
  });

  it('are refused with the name of the wrong one and what it should be', () => {
    expect(() => read('--slots', '0')).toThrow(
      /--slots \(SLOTS\): "0" should be a whole number from 1 to 64/,
    );
    expect(() => read('--provider', 'gpu')).toThrow(/--provider \(PROVIDER\): "gpu" should be cpu or cuda/);
    expect(() => read('--url', 'localhost:8080')).toThrow(/--url .*http:\/\/host:8080/);
    expect(() => read('--model', 'bundled:huge')).toThrow(/bundled:tiny/);
    expect(() => read('--model', 'some/model')).toThrow(/--model.*written hf:some\/model/);
    expect(() => read('--model', 'hf:model')).toThrow(/--model \(MODEL\).*not <owner>\/<repo>.*bundled:tiny/);
    expect(() => read('--model', '/nowhere')).toThrow(/\/nowhere\/config.json/);
    expect(() => read('--speed')).toThrow(UsageError);
    expect(readMinerConfig(['--help'])).toBe('help');
  });
});
