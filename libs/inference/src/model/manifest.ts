import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { ModelFile } from '../engine.js';
import { invalidFile } from './json-file.js';

/**
 * Size and SHA-256 of each file, sorted by path (by code unit, as everyone who recomputes the digest must).
 * @param paths relative to the directory, with forward slashes
 */
export async function hashFiles(directory: string, paths: readonly string[]): Promise<ModelFile[]> {
  const files: ModelFile[] = [];
  for (const path of [...paths].sort()) files.push(await hashFile(directory, path));
  return files;
}

async function hashFile(directory: string, path: string): Promise<ModelFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(join(directory, path)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (cause) {
    throw invalidFile(path, `cannot be read: ${(cause as Error).message}`);
  }
  return { path, bytes, sha256: hash.digest('hex') };
}
