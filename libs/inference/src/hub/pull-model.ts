import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceError } from '../inference-error.js';
import { chooseGraph } from '../model/onnx-file.js';
import type { CacheManifest } from './cache-manifest.js';
import { chooseFiles, type Choice } from './choose-files.js';
import { diskError } from './disk-error.js';
import { downloadFiles } from './download-files.js';
import { HubClient, type HubOptions } from './hub-client.js';
import type { ModelCache } from './model-cache.js';
import type { ModelEvent } from './model-event.js';
import { formatReference, isCommit, type HubReference } from './model-reference.js';
import { BRIEFLY, throwIfCancelled } from './patience.js';

export interface PullOptions {
  cache: ModelCache;
  hub: HubOptions;
  signal?: AbortSignal | undefined;
  onEvent: (event: ModelEvent) => void;
}

/** A model of a hub, in the cache. */
export interface PulledModel {
  directory: string;
  commit: string;
  quantisation: string;
}

/** Left free for everything else on the disk. */
const SPARE_BYTES = 64 * 2 ** 20;

/**
 * Brings a model of a hub into the cache, unless it is there. A commit that is there is used without the network; of a
 * branch the hub is asked, briefly, where it stands, and if it does not answer the commit seen last is used.
 * @throws InferenceError HUB_UNREACHABLE, HUB_REFUSED, MODEL_NOT_FOUND, DOWNLOAD_INVALID, DISK_FULL, CACHE_UNWRITABLE,
 *   CANCELLED
 */
export async function pullModel(reference: HubReference, options: PullOptions): Promise<PulledModel> {
  const { cache, onEvent, signal } = options;
  const { repository, revision } = reference;
  const known = await cache.commitOf(repository, revision);
  const cached = known === undefined ? undefined : await cache.find(repository, known);
  if (cached && isCommit(revision)) {
    const there = inCache(cached, reference, options);
    if (there) return there;
  }
  const fallback = cached && fallBack(cached, reference, options);
  try {
    const commit = await currentCommit(reference, options, fallback !== undefined);
    const now = commit === known ? cached : await cache.find(repository, commit);
    const there = now && inCache(now, reference, options);
    if (!there)
      return await download(reference, commit, options).catch((error: unknown) => {
        throw diskError(error, cache.root);
      });
    // Nice to know the next time, but a cache that can only be read serves too.
    if (commit !== known) await cache.rememberCommit(repository, revision, commit).catch(() => undefined);
    return there;
  } catch (error) {
    throwIfCancelled(signal);
    if (!fallback || !isOfHub(error)) throw error;
    const taken = `${formatReference({ ...reference, quantisation: fallback.quantisation })} at ${fallback.commit.slice(0, 12)}`;
    onEvent({ kind: 'notice', message: `${(error as Error).message}; using the cached ${taken}` });
    return fallback;
  }
}

/** The hub's word alone, about something that the disk here has. */
export function isOfHub(error: unknown): boolean {
  return (
    error instanceof InferenceError &&
    ['HUB_UNREACHABLE', 'HUB_REFUSED', 'MODEL_NOT_FOUND'].includes(error.code)
  );
}

async function currentCommit(
  { repository, revision }: HubReference,
  { hub, signal }: PullOptions,
  isDispensable: boolean,
): Promise<string> {
  if (isCommit(revision)) return revision;
  const patience = isDispensable ? { ...hub.patience, ...BRIEFLY } : hub.patience;
  return new HubClient({ ...hub, patience, signal }).commitOf(repository, revision);
}

/** What was asked for, or the best that the repository offers: if it is here. */
export function inCache(
  manifest: CacheManifest,
  { repository, quantisation }: HubReference,
  { cache }: Pick<PullOptions, 'cache'>,
): PulledModel | undefined {
  const { name: wanted } = chooseGraph(
    manifest.offered.map((name) => ({ name, quantisation: name })),
    quantisation,
    repository,
  );
  if (!manifest.quantisations.some(({ name }) => name === wanted)) return undefined;
  const { commit } = manifest;
  return { directory: cache.directoryOf(repository, commit), commit, quantisation: wanted };
}

/** When the hub does not help: what was asked for, or the best of what is here. */
function fallBack(
  manifest: CacheManifest,
  reference: HubReference,
  options: PullOptions,
): PulledModel | undefined {
  const names = manifest.quantisations.map(({ name }) => name);
  const offered = manifest.offered.filter((name) => names.includes(name));
  try {
    return inCache({ ...manifest, offered }, reference, options);
  } catch {
    return undefined; // another quantisation than the one asked for is no answer
  }
}

async function download(reference: HubReference, commit: string, options: PullOptions): Promise<PulledModel> {
  const { cache, hub, signal, onEvent } = options;
  const { repository, revision } = reference;
  const onRetry = (problem: string, delayMs: number): void => onEvent({ kind: 'retry', problem, delayMs });
  const client = new HubClient({ ...hub, signal, onRetry });
  const choice = chooseFiles(await client.filesOf(repository, commit), reference.quantisation, repository);
  const { quantisation } = choice.graph;
  const onWait = (holder: string): void =>
    onEvent({ kind: 'notice', message: `${holder} downloads ${repository}: waiting for it` });
  const lock = await cache.lock(repository, { signal, onWait });
  try {
    const there = await cache.find(repository, commit);
    if (!there?.quantisations.some(({ name }) => name === quantisation)) {
      const incomplete = cache.incompleteOf(repository, commit, quantisation);
      await mkdir(incomplete, { recursive: true });
      await checkSpace(incomplete, choice, cache);
      const files = await downloadFiles({ client, repository, commit, choice, folder: incomplete }, options);
      const pulledAt = new Date().toISOString();
      const added = { name: quantisation, revision, pulledAt, files };
      const { offered } = choice;
      const manifest = { repository, commit, hub: client.address, offered, quantisations: [added] };
      await cache.install(incomplete, manifest);
      const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
      onEvent({ kind: 'finished', repository, commit, quantisation, totalBytes });
    }
    await cache.rememberCommit(repository, revision, commit);
  } finally {
    await lock.release();
  }
  return { directory: cache.directoryOf(repository, commit), commit, quantisation };
}

/** @throws InferenceError DISK_FULL before anything is downloaded that would not fit */
async function checkSpace(folder: string, { files }: Choice, cache: ModelCache): Promise<void> {
  let missing = 0;
  for (const { path, bytes } of files) missing += bytes - (await sizeOf(join(folder, path)));
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (missing === 0 || missing + SPARE_BYTES <= free) return;
  const problem = `${cache.root} has ${inMegabytes(free)} free, and ${inMegabytes(missing)} are needed`;
  const remedy = 'free space (`ganglion model rm`), or name a directory on another disk by GANGLION_CACHE';
  throw new InferenceError('DISK_FULL', `${problem}: ${remedy}`, 'cache');
}

/** Of a download that stopped half-way, what is here already. */
async function sizeOf(target: string): Promise<number> {
  for (const path of [target, `${target}.part`]) {
    const found = await stat(path).catch(() => undefined);
    if (found) return found.size;
  }
  return 0;
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
