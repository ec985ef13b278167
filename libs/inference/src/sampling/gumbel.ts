import { ln } from './logarithm.js';
import { philox } from './philox.js';

/** "gumb", the fourth counter word: other uses of the same seed take other words. */
const DOMAIN = 0x67756d62;

/** More than any value of the noise: its largest is -ln(-ln(1 - 2^-33)) = 22.873…. */
export const GUMBEL_BOUND = 22.875;

/**
 * The Gumbel noise of one position for any token. It depends on nothing but its arguments, so any machine can
 * continue any completion at any position, and a verifier can check any one choice.
 *
 * @param seed 0 … 2^53 - 1
 * @param choice which of the request's completions, from 0
 * @param index the token's absolute index in the completion, from 1
 */
export function gumbelNoise(seed: number, choice: number, index: number): (tokenId: number) => number {
  const key = [seed % 0x1_0000_0000, Math.floor(seed / 0x1_0000_0000)];
  const words = new Uint32Array(4);
  let block = -1;
  return (tokenId) => {
    if (tokenId >>> 2 !== block) {
      block = tokenId >>> 2;
      philox([block, index, choice, DOMAIN], key, words);
    }
    const uniform = (words[tokenId & 3]! + 0.5) / 0x1_0000_0000;
    return -ln(-ln(uniform));
  };
}

/** `g(seed, choice, index, tokenId)` of docs/sampling.md. */
export function gumbel(seed: number, choice: number, index: number, tokenId: number): number {
  return gumbelNoise(seed, choice, index)(tokenId);
}
