import { stat } from 'node:fs/promises';
import { freemem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { InferenceError } from '../inference-error.js';
import { readJsonObject } from '../model/json-file.js';
import { fitting } from './auto-choice.js';
import { readCacheManifest } from './cache-manifest.js';
import { HUGGING_FACE, type HubOptions } from './hub-client.js';
import { memoryNeeded } from './memory-needed.js';
import { ModelCache, type CachedModel } from './model-cache.js';
import type { ModelEvent } from './model-event.js';
import { formatReference, modelIdOf, parseModelReference, type ModelReference } from './model-reference.js';
import { isOfHub, pullModel, type PullOptions } from './pull-model.js';

export interface ObtainOptions {
  /** The directory that holds the bundled models. */
  bundled: string;
  /** The directory of the cache, as `cacheDirectory` gives it. */
  cache: string;
  /** Before the one in the reference; the best for a CPU unless either is given. */
  quantisation?: string | undefined;
  hub?: Pick<HubOptions, 'address' | 'token' | 'patience'>;
  /** Answers computed at once, which `auto` leaves memory for; 2 unless given. */
  slots?: number;
  /** Bytes that `auto` may fill; what is free on this machine, and in this container, unless given. */
  freeMemory?: number;
  signal?: AbortSignal | undefined;
  onEvent?: (event: ModelEvent) => void;
}

/** A model on this machine's disk, as `openEngine` takes it. */
export interface ObtainedModel {
  /** The directory, absolute, in the Hugging Face layout. */
  model: string;
  /** The name for clients. */
  id: string;
  quantisation?: string;
  /** Where it came from, in full: with the commit, for one of a hub. */
  source: string;
}

/**
 * Finds a model, downloading it when it is of a hub and not in the cache.
 * @param text `bundled:tiny`, a directory, `hf:<owner>/<repo>[@revision][:quantisation]`, or `auto`
 * @throws InferenceError REFERENCE_INVALID, MODEL_NOT_FOUND, HUB_UNREACHABLE (which names what works without a hub),
 *   HUB_REFUSED, DOWNLOAD_INVALID, DISK_FULL, CACHE_UNWRITABLE, CANCELLED
 */
export async function obtainModel(text: string, options: ObtainOptions): Promise<ObtainedModel> {
  const reference = parseModelReference(text);
  if (reference.kind === 'auto') return chooseModel(options);
  if (reference.kind !== 'hub') return findDirectory(reference, options);
  try {
    return await pull(reference, options);
  } catch (error) {
    if (!(error instanceof InferenceError) || error.code !== 'HUB_UNREACHABLE') throw error;
    throw new InferenceError(
      'HUB_UNREACHABLE',
      `${formatReference(reference)} is not in the cache, and ${error.message}. ${await alternatives(options)}`,
      'model',
      { cause: error },
    );
  }
}

/** @throws InferenceError MODEL_NOT_FOUND */
async function findDirectory(
  reference: ModelReference & { kind: 'bundled' | 'directory' },
  { bundled, quantisation }: Pick<ObtainOptions, 'bundled' | 'quantisation'>,
): Promise<ObtainedModel> {
  const isBundled = reference.kind === 'bundled';
  const model = isBundled ? join(bundled, reference.name) : resolve(reference.path);
  const isThere = await stat(join(model, 'config.json')).then(
    () => true,
    () => false,
  );
  const chosen = quantisation ?? (isBundled ? reference.quantisation : undefined);
  const source = isBundled ? `bundled:${reference.name}` : model;
  if (isThere) return { model, id: await idOf(model), ...(chosen ? { quantisation: chosen } : {}), source };
  if (isBundled) throw notFound(`no model ${reference.name} comes with this version; there is bundled:tiny`);
  const isRepository = /^[\w.-]+\/[\w.-]+$/.test(reference.path) && !reference.path.startsWith('.');
  const hint = isRepository ? `; a model of a hub is written hf:${reference.path}` : '';
  throw notFound(`there is no ${join(model, 'config.json')}: a model is a directory with it${hint}`);
}

/** A directory of the cache is called after a commit, which is no name. */
async function idOf(directory: string): Promise<string> {
  const manifest = await readCacheManifest(directory);
  return manifest ? modelIdOf(manifest.repository) : basename(directory);
}

async function pull(
  reference: ModelReference & { kind: 'hub' },
  options: ObtainOptions,
  patience = options.hub?.patience,
): Promise<ObtainedModel> {
  const { cache, hub, signal, onEvent = () => {} } = options;
  const asked = options.quantisation ?? reference.quantisation;
  const settings: PullOptions = { cache: new ModelCache(cache), hub: { ...hub, patience }, signal, onEvent };
  const { directory, commit, quantisation } = await pullModel(
    { ...reference, ...(asked === undefined ? {} : { quantisation: asked }) },
    settings,
  );
  const { repository } = reference;
  const source = formatReference({ kind: 'hub', repository, revision: commit, quantisation });
  return { model: directory, id: modelIdOf(repository), quantisation, source };
}

/** The largest published model that fits; without a hub the largest in the cache that fits; the bundled one. */
async function chooseModel(options: ObtainOptions): Promise<ObtainedModel> {
  const { slots = 2, quantisation, hub, onEvent = () => {} } = options;
  // Node knows a container's limit, the system what others have left.
  const free = options.freeMemory ?? Math.min(freemem(), process.availableMemory());
  const notice = (message: string): void => onEvent({ kind: 'notice', message: `auto: ${message}` });
  const room = `${inGigabytes(free)} of memory free, ${slots} slots`;
  for (const { repository, needed } of fitting(free, slots, quantisation)) {
    notice(`${repository} fits (${room}; it needs ${inGigabytes(needed)})`);
    try {
      // Whoever says auto takes what there is: two tries tell whether there is a hub.
      return await pull({ kind: 'hub', repository, revision: 'main' }, options, {
        tries: 2,
        ...hub?.patience,
      });
    } catch (error) {
      const code = error instanceof InferenceError ? error.code : undefined;
      const isFull = code === 'DISK_FULL';
      if (!isFull && code !== 'CACHE_UNWRITABLE' && !isOfHub(error)) throw error;
      notice((error as Error).message);
      if (!isFull) break;
    }
  }
  const cached = await largestCached(free, options);
  if (cached) {
    const source = formatReference({ kind: 'hub', ...cached, revision: cached.commit });
    notice(`${source} is the largest model in the cache that fits (${room})`);
    return {
      model: cached.directory,
      id: modelIdOf(cached.repository),
      quantisation: cached.quantisation,
      source,
    };
  }
  notice(`nothing larger than bundled:tiny can be had here (${room})`);
  return findDirectory({ kind: 'bundled', name: 'tiny' }, { bundled: options.bundled });
}

async function largestCached(free: number, options: ObtainOptions): Promise<CachedModel | undefined> {
  const { cache, slots = 2, quantisation } = options;
  const models = await new ModelCache(cache).list();
  for (const model of models.sort((a, b) => b.bytes - a.bytes)) {
    if (quantisation !== undefined && model.quantisation !== quantisation) continue;
    const config = await readJsonObject(model.directory, 'config.json').catch(() => ({}));
    const needed = memoryNeeded(config, model.bytes, slots);
    if (needed !== undefined && needed <= free) return model;
  }
  return undefined;
}

async function alternatives({ cache, hub }: ObtainOptions): Promise<string> {
  const models = await new ModelCache(cache).list();
  const cached = models.map(({ repository, quantisation }) => `hf:${repository}:${quantisation}`);
  return [
    `What works without ${hub?.address ?? HUGGING_FACE}:`,
    'another host of the same layout, named by GANGLION_MODEL_MIRROR;',
    'a directory with the model;',
    'bundled:tiny;',
    cached.length > 0 ? `of the cache: ${cached.join(', ')}.` : `the cache in ${cache} is empty.`,
  ].join(' ');
}

function notFound(problem: string): InferenceError {
  return new InferenceError('MODEL_NOT_FOUND', problem, 'model');
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
