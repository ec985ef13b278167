import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeed } from '@ganglion/node';

/**
 * The node's seed from its key file, made on the first run and readable by its owner alone. Whoever has it is the
 * node: it is what reputation belongs to.
 */
export const keepNodeKey = (folder: string): Uint8Array => {
  const file = join(folder, 'node.key');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // `wx`: of two first starts only one makes the key.
    writeFileSync(file, `${new TextDecoder().decode(createSeed())}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  }
  return new TextEncoder().encode(readFileSync(file, 'utf8').trim());
};
