import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder.js';

describe('a data folder', () => {
  let path: string;
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'ganglion-folder-')), 'data');
  });
  afterEach(() => rm(join(path, '..'), { recursive: true, force: true }));

  it('is for one network at a time', async () => {
    const first = await DataFolder.open(path);
    await expect(DataFolder.open(path)).rejects.toThrow(/in use by the network of process \d+.*--data/s);
    await first.release();
    const second = await DataFolder.open(path);
    await second.release();
  });

  it('is free again after its network was killed', async () => {
    const { pid: gone } = spawnSync(process.execPath, ['--version']);
    await (await DataFolder.open(path)).release();
    await writeFile(join(path, 'lock'), JSON.stringify({ pid: gone, guard: gone }));
    const folder = await DataFolder.open(path);
    await folder.release();
  });

  it('keeps the ports of the servers while they are free', async () => {
    const folder = await DataFolder.open(path);
    const first = await folder.ports();
    expect(await folder.ports()).toEqual(first);
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(first.nats, '127.0.0.1', resolve));
    const { nats, postgres } = await folder.ports();
    squatter.close();
    expect(nats).not.toBe(first.nats);
    expect(postgres).toBe(first.postgres);
    await folder.release();
  });
});
