import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const MANIFEST = 'manifest.json';

const cachedFile = z.object({ path: z.string(), bytes: z.number(), sha256: z.string() });

/** What a folder of the cache holds of one commit. A quantisation is there when it is listed here. */
const cacheManifest = z.object({
  repository: z.string(),
  commit: z.string(),
  /** The hub that it came from. */
  hub: z.string(),
  /** Every quantisation that the repository has, the best for a CPU first. */
  offered: z.array(z.string()),
  quantisations: z.array(
    z.object({
      name: z.string(),
      /** What was asked for: a branch, a tag or the commit. */
      revision: z.string(),
      pulledAt: z.iso.datetime(),
      files: z.array(cachedFile),
    }),
  ),
});
export type CacheManifest = z.infer<typeof cacheManifest>;
export type CachedQuantisation = CacheManifest['quantisations'][number];

/** Undefined where there is none, or one that cannot be understood: what it lists is then downloaded again. */
export async function readCacheManifest(folder: string): Promise<CacheManifest | undefined> {
  try {
    return cacheManifest.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeCacheManifest(folder: string, manifest: CacheManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(folder, `${MANIFEST}.new`), text);
  await rename(join(folder, `${MANIFEST}.new`), join(folder, MANIFEST));
}
