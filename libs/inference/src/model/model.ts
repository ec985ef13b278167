import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Challenge, ModelInfo } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { describeDecoder } from '../onnx/decoder-shape.js';
import { readGraph } from '../onnx/read-graph.js';
import { checkVocabulary } from '../text/vocabulary.js';
import { findChatTemplate } from './chat-template.js';
import {
  invalidFile,
  positiveInteger,
  readJson,
  readJsonObject,
  readText,
  type JsonObject,
} from './json-file.js';
import { hashFiles } from './manifest.js';
import { chooseOnnxFile } from './onnx-file.js';
import { countParameters } from './parameters.js';

const DEFAULT_MAX_TOKENS = 512;

/**
 * Reads a model in the Hugging Face layout without loading it: configuration, manifest, challenges. Its graph and
 * tokenizer are checked against the configuration, so that what cannot be run is refused before a thread is started.
 * @param directory holds `config.json`, `tokenizer.json`, `tokenizer_config.json`, `onnx/model*.onnx`; optionally
 *   `generation_config.json`, a chat template and `challenges.json`
 * @param id the name clients use; the directory's own name unless given
 * @param quantisation which of several graphs; the best for a CPU unless given
 * @throws InferenceError MODEL_INVALID, its `field` the file that is wrong; MODEL_NOT_FOUND for a quantisation that
 *   is not there
 */
export async function readModel(directory: string, id?: string, quantisation?: string): Promise<ModelInfo> {
  const path = resolve(directory);
  await readdir(path).catch((cause: Error) => {
    throw new InferenceError(
      'MODEL_INVALID',
      `model directory ${path} cannot be read: ${cause.message}`,
      'model',
    );
  });
  const config = await readJsonObject(path, 'config.json');
  const generation = await readJsonObject(path, 'generation_config.json', true);
  const tokenizer = await readJsonObject(path, 'tokenizer.json');
  const tokenizerConfig = await readJsonObject(path, 'tokenizer_config.json');
  const contextLength = positiveInteger('config.json', config, 'max_position_embeddings');
  const vocabSize = positiveInteger('config.json', config, 'vocab_size');
  const chosen = await chooseOnnxFile(path, quantisation);
  const graph = await readGraph(path, chosen.path);
  describeDecoder(graph, config);
  checkVocabulary(tokenizer, vocabSize);
  const template = await findChatTemplate(path, tokenizerConfig);
  const deciding = new Set([
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    graph.path,
    ...graph.dataFiles,
  ]);
  if ((await readText(path, 'generation_config.json')) !== undefined) deciding.add('generation_config.json');
  if (template) deciding.add(template.path);
  const parameters = countParameters(config);
  return {
    id: id ?? basename(path),
    path,
    contextLength,
    vocabSize,
    eosTokenIds: eosTokenIds(generation, config, { tokenizer, tokenizerConfig }),
    defaults: defaults(generation, contextLength),
    files: await hashFiles(path, [...deciding]),
    quantisation: chosen.quantisation,
    ...(parameters === undefined ? {} : { parameters }),
    challenges: challenges(await readJson(path, 'challenges.json')),
  };
}

/** The tokens that end an answer. @throws InferenceError MODEL_INVALID when no file names any */
export function eosTokenIds(
  generation: JsonObject,
  config: JsonObject,
  own: { tokenizer: JsonObject; tokenizerConfig: JsonObject },
): number[] {
  const given = generation['eos_token_id'] ?? config['eos_token_id'];
  const ids = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  if (ids.length === 0) {
    const eos = own.tokenizerConfig['eos_token'];
    const content = typeof eos === 'string' ? eos : (eos as JsonObject | undefined)?.['content'];
    const added = (own.tokenizer['added_tokens'] ?? []) as { id: number; content: string }[];
    ids.push(...added.filter((token) => token.content === content).map((token) => token.id));
  }
  if (ids.length > 0 && ids.every((token) => Number.isSafeInteger(token) && token >= 0))
    return ids as number[];
  throw invalidFile('generation_config.json', 'must give eos_token_id, without which no answer would end');
}

function defaults(generation: JsonObject, contextLength: number): ModelInfo['defaults'] {
  const number = (key: string, otherwise: number): number => {
    const value = generation[key] ?? otherwise;
    if (typeof value === 'number' && value >= 0) return value;
    throw invalidFile('generation_config.json', `must give ${key} as a number of at least 0`);
  };
  return {
    temperature: generation['do_sample'] === false ? 0 : number('temperature', 1),
    topP: number('top_p', 1),
    topK: number('top_k', 0),
    maxTokens: Math.min(contextLength, number('max_new_tokens', DEFAULT_MAX_TOKENS)),
  };
}

function challenges(value: unknown): Challenge[] {
  if (value === undefined) return [];
  const isChallenge = (entry: Partial<Challenge> | null): boolean =>
    typeof entry?.prompt === 'string' &&
    typeof entry.answer === 'string' &&
    Number.isSafeInteger(entry.maxTokens) &&
    entry.maxTokens! > 0;
  if (Array.isArray(value) && value.every(isChallenge)) return value as Challenge[];
  throw invalidFile('challenges.json', 'must be a list of {prompt, answer, maxTokens}');
}
