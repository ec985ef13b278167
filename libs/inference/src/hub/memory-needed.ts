import type { JsonObject } from '../model/json-file.js';
import { countParameters } from '../model/parameters.js';

/** What of `config.json` decides how much memory a decoder takes. */
export interface DecoderSize {
  vocab_size: number;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim?: number;
  max_position_embeddings: number;
  tie_word_embeddings?: boolean;
}

/** A slot is counted with this much context, or the model's own if that is less: few requests use more. */
const SLOT_TOKENS = 4096;
/** Node, ONNX Runtime, and the activations and logits of a prefill. */
const RUNTIME_BYTES = 512 * 2 ** 20;
/** ONNX Runtime keeps weights once more in the order that its kernels like; not all of them. */
const REPACKING = 1.5;

/**
 * Bytes that a model takes in memory while it serves, on the safe side.
 * @param weightBytes the graph's file and its data files
 * @returns undefined when the configuration is of no known shape
 */
export function memoryNeeded(config: JsonObject, weightBytes: number, slots: number): number | undefined {
  const cache = cacheBytesPerToken(config);
  const context = Number(config['max_position_embeddings']);
  if (cache === undefined || !(context > 0)) return undefined;
  const tokens = Math.min(context, SLOT_TOKENS);
  return Math.ceil(weightBytes * REPACKING) + slots * tokens * cache + RUNTIME_BYTES;
}

/** Keys and values of one token in all layers, as float32. */
function cacheBytesPerToken(config: JsonObject): number | undefined {
  const heads = Number(config['num_attention_heads']);
  const keyValueHeads = Number(config['num_key_value_heads'] ?? heads);
  const headSize = Number(config['head_dim'] ?? Number(config['hidden_size']) / heads);
  const bytes = 2 * Number(config['num_hidden_layers']) * keyValueHeads * headSize * 4;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/**
 * How large the file of a quantisation will be, from the shape alone: 4-bit exports keep the embeddings in float32 and
 * give each block of 32 weights a scale; 4-bit exports of float16 likewise, with half of each.
 */
export function weightBytes(size: DecoderSize, quantisation: string): number {
  const parameters = countParameters({ ...size })!;
  const embeddings = size.vocab_size * size.hidden_size;
  // The head computes with its own copy of tied embeddings.
  const matrices = parameters - embeddings + (size.tie_word_embeddings === false ? 0 : embeddings);
  const bits = (perWeight: number, perEmbedding: number): number =>
    Math.ceil((matrices * perWeight + embeddings * perEmbedding) / 8);
  if (/^(q4|int4|bnb4)$/.test(quantisation)) return bits(5, 32);
  if (quantisation === 'q4f16') return bits(4.5, 16);
  if (/^(int8|uint8|q8|quantized)$/.test(quantisation)) return Math.ceil(parameters * 1.05);
  return Math.ceil(parameters * (quantisation === 'fp16' ? 2 : 4));
}
