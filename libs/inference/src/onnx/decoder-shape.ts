import { invalidFile, positiveInteger, type JsonObject } from '../model/json-file.js';
import { findCache, type CacheLayer } from './decoder-cache.js';
import { checkInputs } from './decoder-inputs.js';
import type { GraphFile, GraphValue } from './graph-file.js';
import { rowsTogether } from './rows-together.js';

/** How to feed a decoder graph, and what it answers. */
export interface DecoderShape {
  layers: number;
  keyValueHeads: number;
  headSize: number;
  cacheType: 'float32' | 'float16';
  /** By layer; each pair is [batch, heads, tokens, head size]. */
  cache: CacheLayer[];
  /**
   * `gqa`: GroupQueryAttention takes past and gives present, which may be one buffer; rows are padded on the right.
   * `plain`: past is of the exact length, and present is a new tensor, one run longer.
   */
  attention: 'gqa' | 'plain';
  hasPositionIds: boolean;
  hasAttentionMask: boolean;
  hasLogitsToKeep: boolean;
  /** Whether requests may be rows of one run: false if a row's result depends on the others, for `sharingProblem`. */
  canShareRows: boolean;
  sharingProblem?: string;
  vocabSize: number;
  logitsType: 'float32' | 'float16';
}

/**
 * Checks that a graph is a decoder that the engine can run, and that it is the one of its configuration.
 * @param graph as `readGraph` answered it
 * @param config the parsed config.json
 * @throws InferenceError MODEL_INVALID with the reason; where the files disagree, with both and both numbers
 */
export function describeDecoder(graph: GraphFile, config: JsonObject): DecoderShape {
  if (config['is_encoder_decoder'] === true) {
    throw invalidFile('config.json', 'describes an encoder-decoder: only decoders can be run');
  }
  const inputs = checkInputs(graph);
  const { layers: cache, attention, sharingProblem: ragged, ...measures } = findCache(graph);
  const logits = logitsOf(graph);
  const vocabSize = positiveInteger('config.json', config, 'vocab_size');
  const [heads, headSize] = [measures.keyValueHeads, measures.headSize];
  const agree = (what: string, own: number | string, key: string, configured: number): void => {
    if (typeof own === 'string' || own === configured) return;
    throw invalidFile(graph.path, `has ${what} ${own}, but config.json says ${key} ${configured}`);
  };
  agree('layers with a cache:', cache.length, 'num_hidden_layers', configured(config, 'num_hidden_layers'));
  const attentionHeads = configured(config, 'num_attention_heads');
  const keyValueHeads = optional(config, 'num_key_value_heads') ?? attentionHeads;
  agree('key and value heads:', heads, 'num_key_value_heads', keyValueHeads);
  const ownHeadSize = optional(config, 'head_dim');
  if (ownHeadSize !== undefined) agree('the head size', headSize, 'head_dim', ownHeadSize);
  else {
    const size = configured(config, 'hidden_size') / attentionHeads;
    agree('the head size', headSize, 'hidden_size / num_attention_heads', size);
  }
  agree('logits of width', logits.dims.at(-1)!, 'vocab_size', vocabSize);
  const sharingProblem = rowsTogether(graph) ?? ragged;
  return {
    layers: cache.length,
    ...measures,
    cache,
    attention,
    ...inputs,
    canShareRows: sharingProblem === undefined,
    ...(sharingProblem === undefined ? {} : { sharingProblem }),
    vocabSize,
    logitsType: logits.type,
  };
}

const configured = (config: JsonObject, key: string): number => positiveInteger('config.json', config, key);

/** Absent and null are the same: configurations write both. */
function optional(config: JsonObject, key: string): number | undefined {
  return (config[key] ?? undefined) === undefined ? undefined : configured(config, key);
}

function logitsOf(
  graph: GraphFile,
): GraphValue & { type: DecoderShape['logitsType']; dims: (number | string)[] } {
  const logits = graph.outputs.find(({ name }) => name === 'logits');
  if (!logits) {
    throw invalidFile(graph.path, 'has no output named logits: export the model for text generation');
  }
  const { type, dims } = logits;
  if ((type === 'float32' || type === 'float16') && dims?.length === 3) return { ...logits, type, dims };
  throw invalidFile(
    graph.path,
    `gives logits as ${type} [${dims?.join(', ')}]: they must be float32 or float16 [batch, tokens, vocabulary]`,
  );
}
