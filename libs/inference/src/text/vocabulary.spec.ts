import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../model/json-file.js';
import { TINY } from '../testing/tiny-engine.js';
import { checkVocabulary } from './vocabulary.js';

const record = (ids: unknown[]): JsonObject => ({
  model: { vocab: Object.fromEntries(ids.map((id, at) => [`t${at}`, id])) },
});
const ids = (count: number): number[] => Array.from({ length: count }, (_, id) => id);

describe('checkVocabulary', () => {
  it('takes the bundled tokenizer with its own model, and refuses it with a much smaller one', () => {
    const tokenizer = JSON.parse(readFileSync(join(TINY, 'tokenizer.json'), 'utf8')) as JsonObject;
    expect(() => checkVocabulary(tokenizer, 1280)).not.toThrow();
    expect(() => checkVocabulary(tokenizer, 1000)).toThrow(
      /^tokenizer.json has 280 tokens with ids at or above 1000, the vocab_size of config.json/,
    );
  });

  it('takes lists of scored tokens, and a few tokens beyond the logits', () => {
    const list = { model: { vocab: ids(300).map((id) => [`t${id}`, -id]) }, added_tokens: [{ id: 300 }] };
    expect(() => checkVocabulary(list, 100)).not.toThrow();
    expect(() => checkVocabulary(list, 44)).toThrow(/has 257 tokens/);
  });

  it('counts a token once that is in the vocabulary and among those added', () => {
    const both = { ...record(ids(256)), added_tokens: ids(256).map((id) => ({ id })) };
    expect(() => checkVocabulary(both, 1)).not.toThrow();
  });

  it.each([
    [record([0, -1]), /the token id -1 in model.vocab/],
    [record([0, 1.5]), /the token id 1.5 in model.vocab/],
    [record([2 ** 60]), /the token id 1152921504606847000/],
    [record(['9'.repeat(1000)]), /the token id 9{40} in/],
    [record([[[]]]), /the token id an object/],
    [{ ...record([]), added_tokens: [null] }, /the token id undefined in added_tokens/],
    [{ ...record([]), added_tokens: {} }, /must give added_tokens as a list/],
    [{ model: { vocab: 'all' } }, /must give model.vocab/],
    [{ model: null }, /must give model.vocab/],
    [{}, /must give model.vocab/],
  ])('refuses %j', (tokenizer, message) => {
    expect(() => checkVocabulary(tokenizer, 10)).toThrow(message);
  });
});
