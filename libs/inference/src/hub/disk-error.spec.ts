import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PullBench, REPOSITORY } from '../testing/pull-bench.js';
import { diskError } from './disk-error.js';
import { ModelCache } from './model-cache.js';
import type { HubReference } from './model-reference.js';
import { pullModel } from './pull-model.js';

describe('a disk that says no', () => {
  it('is told about with the remedy', async () => {
    await using bench = await PullBench.start();
    writeFileSync(join(bench.root, 'file'), '');
    const cache = new ModelCache(join(bench.root, 'file', 'cache'));
    const reference: HubReference = { kind: 'hub', repository: REPOSITORY, revision: 'main' };
    const pulling = pullModel(reference, { cache, hub: { address: bench.hub.address }, onEvent: () => {} });
    await expect(pulling).rejects.toMatchObject({
      code: 'CACHE_UNWRITABLE',
      message: expect.stringMatching(
        /the cache .*file.cache cannot be written \(ENOTDIR.*GANGLION_CACHE/,
      ) as string,
    });
  });

  it('is full, or not to be written', async () => {
    const error = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'write' });
    expect(diskError(error('ENOSPC'), '/cache')).toMatchObject({ code: 'DISK_FULL' });
    expect(diskError(error('EDQUOT'), '/cache')).toMatchObject({ code: 'DISK_FULL' });
    expect(diskError(error('EROFS'), '/cache')).toMatchObject({ code: 'CACHE_UNWRITABLE' });
    const bug = new TypeError('x is not a function');
    expect(diskError(bug, '/cache')).toBe(bug);
    await expect(mkdir('/dev/null/x')).rejects.toHaveProperty('syscall');
  });

  it('serves what it has when nothing can be written any more', async () => {
    await using bench = await PullBench.start();
    const pulled = await bench.pull(`hf:${REPOSITORY}@${bench.commit}`);
    // A file where the folder of branches would be: what `main` stands at cannot be written down.
    writeFileSync(join(bench.cache.folderOf(REPOSITORY), 'refs'), '');
    expect(await bench.pull()).toEqual(pulled);
  });
});
