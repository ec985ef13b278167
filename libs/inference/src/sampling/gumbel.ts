import { ln } from './logarithm.js';
import { philox } from './philox.js';

/** "gumb", the fourth counter word: other uses of the same seed take other words. */
const DOMAIN = 0x67756d62;

/** More than any value of the noise: its largest is -ln(-ln(1 - 2^-33)) = 22.873…. */
export const GUMBEL_BOUND = 22.875;

/** Noise rises with its word: for each value of the word's leading 12 bits, a bound of the noise. */
const BOUNDS = new Float64Array(4096);
/** Far more than the rounding of the noise, far less than matters. */
const MARGIN = 1e-6;
for (let bin = 0; bin < 4095; bin++) BOUNDS[bin] = noiseOf(bin * 0x100000 + 0xfffff) + MARGIN;
BOUNDS[4095] = GUMBEL_BOUND;

function noiseOf(word: number): number {
  return -ln(-ln((word + 0.5) / 0x1_0000_0000));
}

/**
 * The Gumbel noise of one position for any token. It depends on nothing but its arguments, so any machine can
 * continue any completion at any position, and a verifier can check any one choice.
 */
export class GumbelNoise {
  readonly #counter: Uint32Array;
  readonly #key: Uint32Array;
  readonly #words = new Uint32Array(4);
  #block = -1;

  /**
   * @param seed 0 … 2^53 - 1
   * @param choice which of the request's completions, from 0
   * @param index the token's absolute index in the completion, from 1
   */
  constructor(seed: number, choice: number, index: number) {
    this.#counter = Uint32Array.of(0, index, choice, DOMAIN);
    this.#key = Uint32Array.of(seed % 0x1_0000_0000, Math.floor(seed / 0x1_0000_0000));
  }

  /** `g(seed, choice, index, tokenId)` of docs/sampling.md. */
  of(tokenId: number): number {
    return noiseOf(this.#wordOf(tokenId));
  }

  /** At least `of(tokenId)`, and hardly more; two logarithms cheaper. */
  boundOf(tokenId: number): number {
    return BOUNDS[this.#wordOf(tokenId) >>> 20]!;
  }

  #wordOf(tokenId: number): number {
    const block = tokenId >>> 2;
    if (block !== this.#block) {
      this.#block = block;
      this.#counter[0] = block;
      philox(this.#counter, this.#key, this.#words);
    }
    return this.#words[tokenId & 3]!;
  }
}

/** `g(seed, choice, index, tokenId)` of docs/sampling.md. */
export function gumbel(seed: number, choice: number, index: number, tokenId: number): number {
  return new GumbelNoise(seed, choice, index).of(tokenId);
}
