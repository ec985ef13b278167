import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InferenceError } from '../inference-error.js';
import {
  readCacheManifest,
  writeCacheManifest,
  type CachedQuantisation,
  type CacheManifest,
} from './cache-manifest.js';
import { takeLock, type LockOptions } from './model-lock.js';
import { isCommit } from './model-reference.js';

/** A model in the cache, of one quantisation. */
export interface CachedModel {
  repository: string;
  commit: string;
  quantisation: string;
  /** The directory, in the Hugging Face layout. */
  directory: string;
  bytes: number;
  pulledAt: string;
}

/**
 * Where models are kept unless told otherwise, as the XDG base directory specification has it.
 * @param given GANGLION_CACHE and XDG_CACHE_HOME, where they are set
 */
export function cacheDirectory(given: {
  GANGLION_CACHE?: string | undefined;
  XDG_CACHE_HOME?: string | undefined;
}): string {
  if (given.GANGLION_CACHE) return resolve(given.GANGLION_CACHE);
  return join(given.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ganglion');
}

/**
 * The models that this machine has downloaded: `<cache>/models/<owner>--<repo>/<commit>/`, in the Hugging Face layout,
 * with a `manifest.json`; `<commit>-<quantisation>.incomplete/` beside it while one is downloaded; `refs/` says which
 * commit a branch was last seen at.
 */
export class ModelCache {
  readonly #models: string;

  /** @param root as {@link cacheDirectory} gives it */
  constructor(readonly root: string) {
    this.#models = join(root, 'models');
  }

  folderOf(repository: string): string {
    return join(this.#models, repository.replace('/', '--'));
  }

  directoryOf(repository: string, commit: string): string {
    return join(this.folderOf(repository), commit);
  }

  incompleteOf(repository: string, commit: string, quantisation: string): string {
    return join(this.folderOf(repository), `${commit}-${quantisation}.incomplete`);
  }

  /** What is there of a commit, and of it only what has all of its files. */
  async find(repository: string, commit: string): Promise<CacheManifest | undefined> {
    const directory = this.directoryOf(repository, commit);
    const manifest = await readCacheManifest(directory);
    if (!manifest) return undefined;
    const quantisations: CachedQuantisation[] = [];
    for (const each of manifest.quantisations) if (await isWhole(directory, each)) quantisations.push(each);
    return quantisations.length === 0 ? undefined : { ...manifest, quantisations };
  }

  /** The commit that a branch or tag stood at when the hub was last asked. */
  async commitOf(repository: string, revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const commit = await readFile(this.#refOf(repository, revision), 'utf8').catch(() => '');
    return isCommit(commit.trim()) ? commit.trim() : undefined;
  }

  async rememberCommit(repository: string, revision: string, commit: string): Promise<void> {
    if (isCommit(revision)) return;
    const path = this.#refOf(repository, revision);
    await mkdir(join(this.folderOf(repository), 'refs'), { recursive: true });
    await writeFile(`${path}.${process.pid}`, `${commit}\n`);
    await rename(`${path}.${process.pid}`, path);
  }

  /** Everything that can be run without the network, by name. */
  async list(): Promise<CachedModel[]> {
    const found: CachedModel[] = [];
    for (const folder of await namesIn(this.#models)) {
      for (const commit of (await namesIn(join(this.#models, folder))).filter(isCommit)) {
        const manifest = await this.find(folder.replace('--', '/'), commit);
        if (manifest) found.push(...this.#modelsOf(manifest));
      }
    }
    return found;
  }

  /**
   * Moves a finished download into place; done by whoever has the lock.
   * @param incomplete holds the files that are listed, in their places
   */
  async install(incomplete: string, manifest: CacheManifest): Promise<void> {
    const { repository, commit } = manifest;
    const directory = this.directoryOf(repository, commit);
    const there = await this.find(repository, commit);
    const [added] = manifest.quantisations;
    if (!there) {
      await rm(directory, { recursive: true, force: true });
      await writeCacheManifest(incomplete, manifest);
      return rename(incomplete, directory);
    }
    for (const { path } of added!.files) {
      await mkdir(join(directory, path, '..'), { recursive: true });
      await rename(join(incomplete, path), join(directory, path));
    }
    const others = there.quantisations.filter(({ name }) => name !== added!.name);
    await writeCacheManifest(directory, { ...manifest, quantisations: [...others, added!] });
    await rm(incomplete, { recursive: true, force: true });
  }

  /**
   * Removes what is there of a repository, or of one commit or quantisation of it, downloads that stopped half-way too.
   * @returns bytes of the models that are gone
   * @throws InferenceError MODEL_BUSY while it is downloaded; MODEL_NOT_FOUND
   */
  async remove(repository: string, only: { commit?: string; quantisation?: string } = {}): Promise<number> {
    const isMeant = (commit: string): boolean => only.commit === undefined || only.commit === commit;
    const parts = (await namesIn(this.folderOf(repository)))
      .map((name) => ({ name, ...partsOf(name) }))
      .filter(({ commit }) => isCommit(commit) && isMeant(commit));
    const lock = parts.length === 0 ? undefined : await this.lock(repository, { isPatient: false });
    let found = 0;
    let bytes = 0;
    try {
      for (const { name, commit, quantisation } of parts) {
        const isAll = only.quantisation === undefined || only.quantisation === quantisation;
        const removed = isAll
          ? await this.#removeFolder(repository, name)
          : quantisation === undefined &&
            (await this.#removeQuantisation(repository, commit, only.quantisation!));
        if (typeof removed !== 'number') continue;
        found++;
        bytes += removed;
      }
    } finally {
      await lock?.release();
    }
    if (found > 0) return bytes;
    throw new InferenceError('MODEL_NOT_FOUND', `${repository} is not in ${this.root} like that`, 'model');
  }

  /** One process at a time works on a repository's folder. @throws InferenceError MODEL_BUSY, CANCELLED */
  lock(repository: string, options: LockOptions): Promise<{ release: () => Promise<void> }> {
    return takeLock(join(this.folderOf(repository), 'lock'), options);
  }

  async #removeFolder(repository: string, name: string): Promise<number> {
    const manifest = await this.find(repository, name);
    await rm(join(this.folderOf(repository), name), { recursive: true, force: true });
    return manifest ? sum(Object.values(filesOf(manifest.quantisations))) : 0;
  }

  async #removeQuantisation(
    repository: string,
    commit: string,
    quantisation: string,
  ): Promise<number | false> {
    const manifest = await this.find(repository, commit);
    const removed = manifest?.quantisations.filter(({ name }) => name === quantisation) ?? [];
    if (!manifest || removed.length === 0) return false;
    const kept = manifest.quantisations.filter(({ name }) => name !== quantisation);
    if (kept.length === 0) return this.#removeFolder(repository, commit);
    const directory = this.directoryOf(repository, commit);
    await writeCacheManifest(directory, { ...manifest, quantisations: kept });
    const needed = filesOf(kept);
    const gone = Object.entries(filesOf(removed)).filter(([path]) => !(path in needed));
    for (const [path] of gone) await rm(join(directory, path), { force: true });
    return sum(gone.map(([, bytes]) => bytes));
  }

  #refOf(repository: string, revision: string): string {
    return join(this.folderOf(repository), 'refs', encodeURIComponent(revision));
  }

  #modelsOf({ repository, commit, quantisations }: CacheManifest): CachedModel[] {
    return quantisations.map(({ name, pulledAt, files }) => ({
      repository,
      commit,
      quantisation: name,
      directory: this.directoryOf(repository, commit),
      bytes: sum(files.map((file) => file.bytes)),
      pulledAt,
    }));
  }
}

/** `<commit>`, or `<commit>-<quantisation>.incomplete` */
function partsOf(name: string): { commit: string; quantisation?: string } {
  const [commit = '', quantisation] = name.replace(/\.incomplete$/, '').split(/-(.*)/s);
  return quantisation === undefined ? { commit } : { commit, quantisation };
}

/** Sizes tell whether somebody removed a file by hand, and cost nothing; contents were checked when they came. */
async function isWhole(directory: string, { files }: CachedQuantisation): Promise<boolean> {
  for (const { path, bytes } of files) {
    const found = await stat(join(directory, path)).catch(() => undefined);
    if (found?.size !== bytes) return false;
  }
  return true;
}

function filesOf(quantisations: readonly CachedQuantisation[]): Record<string, number> {
  return Object.fromEntries(
    quantisations.flatMap(({ files }) => files.map(({ path, bytes }) => [path, bytes])),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
