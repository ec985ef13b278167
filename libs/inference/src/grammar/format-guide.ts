import { InferenceError } from '../inference-error.js';
import type { Automaton, State } from './automaton.js';
import type { VocabularyMasks } from './vocabulary-masks.js';

/** A format, over the vocabulary of a model. */
export interface Language {
  automaton: Automaton;
  masks: VocabularyMasks;
  /** Tokens that end the answer: they may come when the document is whole. */
  ends: readonly number[];
}

/** Follows one answer and says which tokens may come next. What it says depends on the answer's tokens alone. */
export class FormatGuide {
  readonly #language: Language;
  #state: State;

  constructor(language: Language) {
    this.#language = language;
    this.#state = language.automaton.start;
  }

  /** Goes on by one token of the answer; false when the format does not allow it. */
  take(id: number): boolean {
    const { automaton, masks } = this.#language;
    const next = masks.after(automaton, this.#state, id);
    if (next !== null) this.#state = next;
    return next !== null;
  }

  /** The logits, with minus infinity for each token that may not come next; one at least may. */
  restrict(logits: Float32Array): Float32Array {
    const { automaton, masks, ends } = this.#language;
    const mask = masks.mask(automaton, this.#state);
    const restricted = new Float32Array(logits.length).fill(-Infinity);
    for (let word = 0; word < mask.length; word++) {
      for (let bits = mask[word]!; bits !== 0; bits &= bits - 1) {
        const id = word * 32 + 31 - Math.clz32(bits & -bits);
        restricted[id] = logits[id]!;
      }
    }
    if (this.#state.isWhole) for (const id of ends) restricted[id] = logits[id]!;
    return restricted;
  }
}

export function invalidFormat({ message }: { message: string }): InferenceError {
  return new InferenceError('PROMPT_INVALID', `sampling.format: ${message}`, 'sampling.format');
}
