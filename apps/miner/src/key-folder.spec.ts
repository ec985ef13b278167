import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readIdentity } from '@ganglion/node';
import { lockFolder } from './folder-lock.store.js';
import { keepNodeKey } from './node-key.store.js';

describe('the folder of a miner’s key', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'ganglion-miner-')), 'data');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('keeps one key, for its owner’s eyes only', () => {
    const seed = keepNodeKey(folder);
    expect(readIdentity(seed).nodeId).toMatch(/^U/);
    chmodSync(join(folder, 'node.key'), 0o644);
    expect(keepNodeKey(folder)).toEqual(seed);
    expect(statSync(join(folder, 'node.key')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it('belongs to one miner at a time', async () => {
    const { unlock } = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(/used by another miner.*--data/);
    unlock();
    (await lockFolder(folder)).unlock();
  });
});
