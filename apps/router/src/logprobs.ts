import type { Logprob, PositionLogprobs, TokenLogprob } from '@ganglion/contracts';

/** The wire's log-probabilities are whole ten-thousandths. */
const SCALE = 10_000;

/**
 * The log-probabilities of some tokens in OpenAI's shape. A token that is not text, such as the one that ends an
 * answer, has no entry of its own, for it is no part of the content; among the likely ones it stands by its name.
 */
export const clientLogprobs = (positions: readonly PositionLogprobs[]): TokenLogprob[] =>
  positions.flatMap(([own, ...most]) =>
    own === undefined || isSpecial(own) ? [] : [{ ...entryOf(own), top_logprobs: most.map(entryOf) }],
  );

const isSpecial = ([, , name]: Logprob): boolean => typeof name === 'object' && 'special' in name;

const entryOf = ([, logprob, name]: Logprob) => {
  const entry = { logprob: logprob / SCALE };
  if (typeof name === 'string') return { token: name, ...entry, bytes: [...Buffer.from(name)] };
  if ('special' in name) return { token: name.special, ...entry, bytes: null };
  const bytes = Buffer.from(name.bytes, 'base64');
  return { token: bytes.toString(), ...entry, bytes: [...bytes] };
};

/** Characters of an entry as the client gets it, on average. */
const ENTRY_CHARACTERS = 48;

/** What log-probabilities that wait for a reader count, in characters. */
export const weightOf = (positions: readonly PositionLogprobs[] = []): number =>
  positions.reduce((sum, position) => sum + position.length * ENTRY_CHARACTERS, 0);
