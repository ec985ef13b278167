import { InferenceError } from '../inference-error.js';
import type { TokenTextDecoder } from './text-decoder.js';

export interface Release {
  /** What may be shown now. */
  text: string;
  /** A stop sequence is complete: nothing follows. */
  isStopped: boolean;
}

/**
 * Decides which text each token releases: what could still become a stop sequence is held until a later token
 * settles it, because shown text cannot be taken back.
 */
export class TextRelease {
  readonly #decoder: TokenTextDecoder;
  readonly #stops: readonly string[];
  #held = '';

  constructor(decoder: TokenTextDecoder, stops: readonly string[]) {
    this.#decoder = decoder;
    this.#stops = stops;
  }

  push(id: number): Release {
    return this.#settle(this.#decoder.push(id));
  }

  /** All that is still held, for the last token: up to a stop sequence, should the last bytes complete one. */
  flush(): string {
    const { text, isStopped } = this.#settle(this.#decoder.flush());
    const rest = isStopped ? '' : this.#held;
    this.#held = '';
    return text + rest;
  }

  /**
   * Goes through tokens that another engine made, and holds what it has not yet released.
   * @throws InferenceError PROMPT_INVALID when the texts are not those of the tokens, or the text has ended already
   */
  resume(tokens: readonly { id: number; text: string }[]): void {
    let ours = '';
    let theirs = '';
    for (const [at, token] of tokens.entries()) {
      const release = this.push(token.id);
      ours += release.text;
      theirs += token.text;
      const field = `resumeFrom[${at}]`;
      if (release.isStopped) {
        throw new InferenceError(
          'PROMPT_INVALID',
          `${field} completes a stop sequence: nothing is left to do`,
          field,
        );
      }
      if (!ours.startsWith(theirs)) {
        throw new InferenceError(
          'PROMPT_INVALID',
          `${field}.text is not the text of its tokens`,
          `${field}.text`,
        );
      }
    }
    this.#held = (ours + this.#held).slice(theirs.length);
  }

  #settle(added: string): Release {
    const text = this.#held + added;
    const stop = Math.min(...this.#stops.map((s) => text.indexOf(s)).filter((at) => at >= 0));
    if (stop !== Infinity) {
      this.#held = '';
      return { text: text.slice(0, stop), isStopped: true };
    }
    const keep = Math.max(0, ...this.#stops.map((s) => openLength(text, s)));
    this.#held = text.slice(text.length - keep);
    return { text: text.slice(0, text.length - keep), isStopped: false };
  }
}

/** The length of the longest end of `text` with which `stop` begins. */
function openLength(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
