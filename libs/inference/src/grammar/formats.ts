import type { ModelInfo, ResponseFormat } from '../engine.js';
import type { PromptEncoder } from '../text/prompt-encoder.js';
import { Automaton } from './automaton.js';
import { FormatGuide, invalidFormat, type Language } from './format-guide.js';
import { GrammarRefusal } from './grammar-refusal.js';
import { compileJsonObject, compileSchema } from './schema-compiler.js';
import { VocabularyMasks } from './vocabulary-masks.js';

/** Formats kept for the next request, each with the masks of up to 256 of its states. */
const MOST_KEPT = 8;

/** The formats that a model's answers can be held to. Why it is our own code is in docs/adr/0009. */
export class Formats {
  readonly #info: ModelInfo;
  readonly #encoder: PromptEncoder;
  readonly #kept = new Map<string, Language>();
  #masks: VocabularyMasks | undefined;

  constructor(info: ModelInfo, encoder: PromptEncoder) {
    this.#info = info;
    this.#encoder = encoder;
  }

  /**
   * A guide for one answer, from its beginning.
   * @throws InferenceError PROMPT_INVALID for a schema that cannot be followed, or a model that cannot follow any
   */
  guide(format: ResponseFormat): FormatGuide {
    const key = format.type === 'json_schema' ? format.schema : '';
    const language = this.#kept.get(key) ?? this.#compile(format);
    this.#kept.delete(key);
    this.#kept.set(key, language); // the last in the order is the last used
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return new FormatGuide(language);
  }

  #compile(format: ResponseFormat): Language {
    const { vocabSize } = this.#info;
    const ends = this.#info.eosTokenIds.filter((id) => id < vocabSize);
    this.#masks ??= new VocabularyMasks(vocabSize, (id) =>
      ends.includes(id) ? undefined : this.#encoder.bytesOf(id),
    );
    if (ends.length === 0 || !this.#masks.isComplete) {
      throw invalidFormat({
        message: 'this model lacks tokens for single bytes or for the end: leave it out',
      });
    }
    try {
      const program = format.type === 'json_schema' ? compileSchema(format.schema) : compileJsonObject();
      return { automaton: new Automaton(program), masks: this.#masks, ends };
    } catch (cause) {
      throw cause instanceof GrammarRefusal ? invalidFormat(cause) : cause;
    }
  }
}
