import { invalidFile, type JsonObject } from '../model/json-file.js';

/** Tokens that real tokenizers name beyond the model's logits, such as Gemma's for pictures: some, never many. */
const MOST_OUTSIDE = 256;

/**
 * Checks that a tokenizer speaks of the tokens that the model has.
 * @param tokenizer the parsed tokenizer.json: its vocabulary is a record of ids, or a list whose index is the id
 * @param vocabSize of config.json
 * @throws InferenceError MODEL_INVALID
 */
export function checkVocabulary(tokenizer: JsonObject, vocabSize: number): void {
  const model = tokenizer['model'] as JsonObject | null | undefined;
  const vocabulary = model?.['vocab'];
  if (typeof vocabulary !== 'object' || vocabulary === null) {
    throw invalidFile('tokenizer.json', 'must give model.vocab as a record or a list');
  }
  const ids = new Set<number>();
  if (Array.isArray(vocabulary)) for (let id = 0; id < vocabulary.length; id += 1) ids.add(id);
  else {
    for (const token in vocabulary) ids.add(idOf((vocabulary as JsonObject)[token], 'model.vocab'));
  }
  const added = tokenizer['added_tokens'] ?? [];
  if (!Array.isArray(added)) throw invalidFile('tokenizer.json', 'must give added_tokens as a list');
  for (const token of added as (JsonObject | null)[]) ids.add(idOf(token?.['id'], 'added_tokens'));
  let outside = 0;
  for (const id of ids) if (id >= vocabSize) outside += 1;
  if (outside <= MOST_OUTSIDE) return;
  throw invalidFile(
    'tokenizer.json',
    `has ${outside} tokens with ids at or above ${vocabSize}, the vocab_size of config.json: the files are of two models`,
  );
}

function idOf(value: unknown, where: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  const told = typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 40);
  throw invalidFile('tokenizer.json', `has the token id ${told} in ${where}: ids are integers of at least 0`);
}
