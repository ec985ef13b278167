import { invalidFile } from '../model/json-file.js';
import type { GraphFile, GraphValue } from './graph-file.js';

const SUPPORTED =
  'supported are decoders of text with past_key_values.N.key and .value (Llama, Mistral, Qwen2, Qwen3, SmolLM, Phi-3, Gemma), ' +
  'whose other inputs are among input_ids, attention_mask, position_ids and num_logits_to_keep';

/** Why a graph with such an input is something else. The first that fits is told. */
const FOREIGN: [RegExp, string][] = [
  [/^encoder_|^decoder_|cross|\.encoder\./, 'an encoder-decoder'],
  [/^use_cache_branch$/, 'a merged export of a decoder with and without cache'],
  [/pixel|image|vision|audio|input_features/, 'a model of pictures or sound'],
  [/^inputs_embeds$/, 'a decoder that takes embeddings, as parts of multimodal models do'],
  [/^token_type_ids$/, 'an encoder, or a decoder of several segments'],
  [/conv|ssm|recurrent|state/, 'a model whose state is not an attention cache'],
  [/rope|rotary|cos|sin/, 'a decoder that takes its rotary cache from outside'],
  [/cache_position|past_seq|beam|seqlens|block_table|slot_mapping/, 'a decoder with a cache of another kind'],
  [/past|cache/, 'a decoder whose cache is named in another way'],
];

interface DecoderInputs {
  hasPositionIds: boolean;
  hasAttentionMask: boolean;
  hasLogitsToKeep: boolean;
}

/** @throws InferenceError MODEL_INVALID when the graph wants something that the engine does not feed */
export function checkInputs(graph: GraphFile): DecoderInputs {
  for (const input of graph.inputs) checkInput(graph, input);
  const has = (name: string): boolean => graph.inputs.some((input) => input.name === name);
  if (!has('input_ids')) throw invalidFile(graph.path, `has no input input_ids: ${SUPPORTED}`);
  return {
    hasPositionIds: has('position_ids'),
    hasAttentionMask: has('attention_mask'),
    hasLogitsToKeep: has('num_logits_to_keep'),
  };
}

/** Inputs of int64, and how many dimensions each has. */
const RANKS: ReadonlyMap<string, readonly number[]> = new Map([
  ['input_ids', [2]],
  ['attention_mask', [2]],
  ['position_ids', [2]],
  ['num_logits_to_keep', [0, 1]],
]);

function checkInput(graph: GraphFile, { name, type, dims }: GraphValue): void {
  const ranks = RANKS.get(name);
  if (ranks === undefined) {
    // Those are looked at with the cache.
    if (/^past_key_values\.\d+\.(key|value)$/.test(name)) return;
    const kind = FOREIGN.find(([pattern]) => pattern.test(name))?.[1] ?? 'of another kind';
    throw invalidFile(graph.path, `has an input ${JSON.stringify(name)}: it is ${kind}; ${SUPPORTED}`);
  }
  const shape = `${type} [${dims?.join(', ')}]`;
  if (type !== 'int64' || !ranks.includes(dims?.length ?? -1)) {
    throw invalidFile(
      graph.path,
      `takes ${name} as ${shape}: it must be int64 of rank ${ranks.join(' or ')}`,
    );
  }
  if (name !== 'num_logits_to_keep' && typeof dims?.[1] === 'number') {
    throw invalidFile(graph.path, `takes ${name} as ${shape}: export it with dynamic axes`);
  }
}
