import type { FrozenRequest } from '@ganglion/contracts';

/** A token with its text and evidence takes some 60 characters of JSON; its text may be longer than most. */
const CHARACTERS_PER_TOKEN = 512;
/** An id, a log-probability and a name. */
const CHARACTERS_PER_LOGPROB = 128;
/** Every choice has a head and a finish beside its tokens. */
const CHARACTERS_PER_CHOICE = 4_096;
/** A part of an honest reveal has this many characters, but for the last one. */
const CHARACTERS_PER_PART = 100_000;

type AskedFor = Pick<FrozenRequest, 'choices' | 'logprobs'> & {
  sampling: Pick<FrozenRequest['sampling'], 'maxTokens'>;
};

/** The parts that the longest honest reveal for this request comes in, and then some. */
export const mostParts = ({ choices, sampling, logprobs }: AskedFor): number => {
  const perPosition = logprobs === undefined ? 0 : (1 + logprobs) * CHARACTERS_PER_LOGPROB;
  const perChoice = CHARACTERS_PER_CHOICE + sampling.maxTokens * (CHARACTERS_PER_TOKEN + perPosition);
  return Math.ceil((choices * perChoice) / CHARACTERS_PER_PART);
};
