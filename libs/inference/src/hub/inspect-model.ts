import type { ModelFile } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { readJsonObject, type JsonObject } from '../model/json-file.js';
import { eosTokenIds, readModel } from '../model/model.js';
import { graphsAmong } from '../model/onnx-file.js';
import { countParameters } from '../model/parameters.js';
import { readCacheManifest } from './cache-manifest.js';
import { chooseFiles } from './choose-files.js';
import { HubClient, type HubFile } from './hub-client.js';
import { memoryNeeded } from './memory-needed.js';
import { ModelCache } from './model-cache.js';
import {
  formatReference,
  isCommit,
  modelIdOf,
  parseModelReference,
  type HubReference,
} from './model-reference.js';
import { obtainModel, type ObtainOptions } from './obtain-model.js';
import { inCache } from './pull-model.js';

/** What can be told of a model without running it. */
export interface ModelReport {
  source: string;
  id: string;
  /** Its directory; absent while it is on a hub only. */
  directory?: string;
  quantisation: string;
  /** As `config.json` has it: layers, heads, sizes, RoPE, … */
  config: JsonObject;
  parameters?: number;
  contextLength?: number;
  /** Empty when they are named only by the tokenizer of a model that is not here. */
  eosTokenIds: number[];
  /** The file that has it. */
  chatTemplate?: string;
  /** `sha256` is absent for small files that are not here. */
  files: { path: string; bytes: number; sha256?: string }[];
  bytes: number;
  /** Bytes while it serves with so many slots. */
  memory?: number;
}

const TEMPLATES = ['chat_template.jinja', 'chat_template.json'];

/**
 * Describes a model; of one that is on a hub only, its small JSON files are read and nothing is kept.
 * @throws InferenceError as obtainModel; MODEL_INVALID for a model that is here and broken
 */
export async function inspectModel(text: string, options: ObtainOptions): Promise<ModelReport> {
  const reference = parseModelReference(text);
  if (reference.kind === 'auto') {
    const problem = 'auto is no model, it chooses one: name the one to inspect';
    throw new InferenceError('REFERENCE_INVALID', problem, 'model');
  }
  if (reference.kind !== 'hub') return inspectHere(await obtainModel(text, options), options);
  const quantisation = options.quantisation ?? reference.quantisation;
  const asked: HubReference = { ...reference, ...(quantisation === undefined ? {} : { quantisation }) };
  const cache = new ModelCache(options.cache);
  const commit = await cache.commitOf(asked.repository, asked.revision);
  const manifest = commit === undefined ? undefined : await cache.find(asked.repository, commit);
  const here = manifest && inCache(manifest, asked, { cache });
  if (!here) return inspectThere(asked, options);
  const source = formatReference({ ...asked, revision: here.commit, quantisation: here.quantisation });
  return inspectHere({ ...here, model: here.directory, id: modelIdOf(asked.repository), source }, options);
}

async function inspectHere(
  found: { model: string; id: string; quantisation?: string; source: string },
  { slots = 2 }: ObtainOptions,
): Promise<ModelReport> {
  const { source, id, model } = found;
  const { path: directory, files, quantisation, ...info } = await readModel(model, id, found.quantisation);
  await checkUnchanged(directory, files);
  const config = await readJsonObject(directory, 'config.json');
  const tokenizerConfig = await readJsonObject(directory, 'tokenizer_config.json');
  return {
    source,
    id,
    directory,
    quantisation,
    config,
    ...(info.parameters === undefined ? {} : { parameters: info.parameters }),
    contextLength: info.contextLength,
    eosTokenIds: info.eosTokenIds,
    ...templateAmong(files, tokenizerConfig),
    files,
    ...sizes(files, config, slots),
  };
}

async function inspectThere(
  reference: HubReference,
  { hub, slots = 2, signal }: ObtainOptions,
): Promise<ModelReport> {
  const client = new HubClient({ ...hub, signal });
  const { repository, revision } = reference;
  const commit = isCommit(revision) ? revision : await client.commitOf(repository, revision);
  const { files, graph } = chooseFiles(
    await client.filesOf(repository, commit),
    reference.quantisation,
    repository,
  );
  const read = async (path: string): Promise<JsonObject> => {
    const file = files.find((each) => each.path === path);
    return file ? parseObject(await client.read(repository, commit, file), path) : {};
  };
  const config = await read('config.json');
  const tokenizerConfig = await read('tokenizer_config.json');
  const generation = await read('generation_config.json');
  const isNamed = (generation['eos_token_id'] ?? config['eos_token_id']) != null;
  const parameters = countParameters(config);
  const contextLength = Number(config['max_position_embeddings']);
  const { quantisation } = graph;
  return {
    source: formatReference({ ...reference, revision: commit, quantisation }),
    id: modelIdOf(repository),
    quantisation,
    config,
    ...(parameters === undefined ? {} : { parameters }),
    ...(contextLength > 0 ? { contextLength } : {}),
    eosTokenIds: isNamed ? eosTokenIds(generation, config, { tokenizer: {}, tokenizerConfig }) : [],
    ...templateAmong(files, tokenizerConfig),
    files: files.map(({ path, bytes, digest }) => ({
      path,
      bytes,
      ...(digest?.kind === 'sha256' ? { sha256: digest.hex } : {}),
    })),
    ...sizes(files, config, slots),
  };
}

/** A disk may lose a bit, and somebody may edit a file: what was pulled is written down. */
async function checkUnchanged(directory: string, files: readonly ModelFile[]): Promise<void> {
  const manifest = await readCacheManifest(directory);
  const pulled = new Map(
    manifest?.quantisations.flatMap((each) => each.files.map(({ path, sha256 }) => [path, sha256])),
  );
  const changed = files.find(({ path, sha256 }) => (pulled.get(path) ?? sha256) !== sha256);
  if (!changed) return;
  const remedy = `remove the model (\`ganglion model rm hf:${manifest!.repository}\`), and pull it again`;
  const problem = `${changed.path} in ${directory} is not what was pulled: ${remedy}`;
  throw new InferenceError('MODEL_INVALID', problem, changed.path);
}

function templateAmong(files: readonly { path: string }[], tokenizerConfig: JsonObject) {
  const file = TEMPLATES.find((path) => files.some((each) => each.path === path));
  const found = file ?? (tokenizerConfig['chat_template'] ? 'tokenizer_config.json' : undefined);
  return found === undefined ? {} : { chatTemplate: found };
}

function sizes(files: readonly HubFile[], config: JsonObject, slots: number) {
  const sum = (paths: (path: string) => boolean): number =>
    files.filter(({ path }) => paths(path)).reduce((total, { bytes }) => total + bytes, 0);
  const [graph] = graphsAmong(files.map(({ path }) => path));
  const weights = sum((path) => path === graph?.path || graph?.data.includes(path) === true);
  const memory = memoryNeeded(config, weights, slots);
  return { bytes: sum(() => true), ...(memory === undefined ? {} : { memory }) };
}

function parseObject(content: Buffer, path: string): JsonObject {
  try {
    const value = JSON.parse(content.toString()) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // told below, as for any other content
  }
  throw new InferenceError('MODEL_INVALID', `${path} must hold a JSON object`, path);
}
