/**
 * How a claim is cut into runs after the prompt. The cut depends on nothing but the claim, as that of a prompt on
 * nothing but the prompt, so that a score comes out with the same bits whenever it is made.
 */

/** Tokens of a run, each of which has logits: they bound the memory of a score to so many rows of the vocabulary. */
const CLAIM_RUN = 64;

/**
 * Where the run of a claim that begins at `from` ends.
 * @param length tokens of the claim that are run: all but the last, after which nothing is asked
 * @param from 0, or the end of the run before
 */
export function claimRunEnd(length: number, from: number): number {
  return Math.min(length, from + CLAIM_RUN);
}
