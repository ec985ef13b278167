import { digestJson } from './canonical-json.js';

/**
 * `H(logprobs)` of a precommit, hex: of the RFC 8785 JSON of each choice's list, by choice, then position, over the
 * positions this attempt computed itself. Undefined when no choice has a list: nobody asked for log-probabilities.
 * @param choices all choices of the answer in order; each entry of a list is hashed as it is
 */
export function logprobsDigest(
  choices: readonly { logprobs?: readonly unknown[] | undefined }[],
): string | undefined {
  if (choices.every(({ logprobs }) => logprobs === undefined)) return undefined;
  return digestJson(choices.map(({ logprobs }) => logprobs ?? []));
}
