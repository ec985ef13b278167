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
      threads: 1,
      data: folder,
    });
    expect(read().url).toBe('http://one:1');
    expect(read().healthPort).toBeUndefined();
    expect(read('--health-port', '0').healthPort).toBe(0);
  });

  it('find the bundled model, and any directory that holds one', () => {
    expect(read('--model', 'bundled:tiny').model).toMatch(/models.tiny$/);
    writeFileSync(join(folder, 'config.json'), '{}');
    expect(read('--model', folder).model).toBe(folder);
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
    expect(() => read('--url', 'localhost:8080')).toThrow(/--url .*http:\/\/host:8080/);
    expect(() => read('--model', 'bundled:huge')).toThrow(/bundled:tiny/);
    expect(() => read('--model', '/nowhere')).toThrow(/\/nowhere\/config.json/);
    expect(() => read('--speed')).toThrow(UsageError);
    expect(readMinerConfig(['--help'])).toBe('help');
  });
});
