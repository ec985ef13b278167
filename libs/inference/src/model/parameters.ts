import type { JsonObject } from './json-file.js';

/**
 * Weights of a Llama-shaped decoder (Llama, Mistral, Qwen 2, SmolLM), counted from its configuration; undefined when
 * the configuration is of another shape.
 */
export function countParameters(config: JsonObject): number | undefined {
  const keys = [
    'vocab_size',
    'hidden_size',
    'intermediate_size',
    'num_hidden_layers',
    'num_attention_heads',
  ] as const;
  const [vocabulary, hidden, intermediate, layers, heads] = keys.map((key) => Number(config[key]));
  const keyValueHeads = Number(config['num_key_value_heads'] ?? heads);
  const headSize = Number(config['head_dim'] ?? hidden! / heads!);
  const attention = hidden! * headSize * (2 * heads! + 2 * keyValueHeads);
  const layer = attention + 3 * hidden! * intermediate! + 2 * hidden!;
  const embeddings = vocabulary! * hidden! * (config['tie_word_embeddings'] === false ? 2 : 1);
  const total = embeddings + layers! * layer + hidden!;
  return Number.isSafeInteger(total) ? total : undefined;
}
