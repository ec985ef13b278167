import type { FrozenRequest, RequestShape, RoundState } from '@ganglion/contracts';

/** How long the participants' tasks may take to reach the queue, and then the hashes to come in, beside the work itself. */
export const PHASE_MS = 10_000;
/** A little longer than the queue waits for the data, so that its reason is heard before our deadline. */
const COMMIT_MS = 12_000;
/** How long a creator or preparer may take, beside the work itself. */
export const TURN_MS = 5_000;
/** Slower nodes than these serve nobody: ten tokens a second are answered, two hundred read. */
const MS_PER_TOKEN = 100;
const MS_PER_CHARACTER = 2;
/** However much is to be done. */
const MOST_WORK_MS = 50_000;
/** Short answers are covered by the time that every phase has. */
const FREE_MS = 2_000;

/** How long an honest node may work on a request of this shape. */
export const workMs = ({
  messages,
  choices,
  sampling,
}: Pick<RequestShape, 'messages' | 'choices' | 'sampling'>): number => {
  const characters = messages.reduce((sum, message) => sum + message.characters, 0);
  const work = sampling.maxTokens * choices * MS_PER_TOKEN + characters * MS_PER_CHARACTER;
  return Math.max(0, Math.min(MOST_WORK_MS, work) - FREE_MS);
};

/** The same of the request itself. */
const workOf = ({ prompt, choices, sampling }: FrozenRequest): number => {
  const texts = 'text' in prompt ? [prompt.text] : prompt.messages.map(({ content }) => content);
  const messages = texts.map(({ length }) => ({ role: 'user' as const, characters: length }));
  return workMs({ messages, choices, sampling });
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** How long a round may stay in a state. @param requests of the participant that has most at once */
export const patienceOf = (
  state: RoundState,
  requests: readonly FrozenRequest[],
  shape: RequestShape | null,
): number => {
  switch (state) {
    case 'REQUESTED':
    case 'CREATED':
      return 3 * (TURN_MS + (shape ? workMs(shape) : 0));
    case 'PRECOMMITTING':
      return PHASE_MS + Math.min(MOST_WORK_MS, sumOf(requests.map(workOf)));
    case 'COMMITTING':
      return COMMIT_MS;
    default:
      return PHASE_MS;
  }
};
