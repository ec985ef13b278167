import type { ChallengeKind, FrozenRequest, RequestShape } from '@ganglion/contracts';
import { everydayText, type Tone, wordsToRepeat } from './everyday-text.js';
import { SeededDraw } from './seeded-draw.js';

/** What decides a test's request, beside its seed. */
export interface RoundRequest {
  readonly kind: ChallengeKind;
  readonly model: string;
  readonly modelDigest: string;
  readonly shape: RequestShape;
}

type Message = { role: RequestShape['messages'][number]['role']; content: string };

const tones: Record<Message['role'], Tone> = {
  system: 'instruction',
  user: 'question',
  assistant: 'statement',
  tool: 'statement',
};

/**
 * The request that a seed decides: whoever has the seed makes the same one, and nobody can choose it.
 * Its text is made up; lengths, roles and parameters are those of the shape.
 */
export const roundRequest = (
  seed: string,
  { kind, model, modelDigest, shape }: RoundRequest,
): FrozenRequest => {
  const draw = new SeededDraw(seed);
  const { choices, stops, sampling, logprobs } = shape;
  return {
    model,
    modelDigest,
    prompt: { messages: messagesOf(kind, shape, draw) },
    choices,
    sampling: { ...sampling, seed: draw.wide(), stop: [...stops] },
    ...(logprobs === undefined ? {} : { logprobs }),
    salt: draw.bytes(32).toString('hex'),
  };
};

const messagesOf = (kind: ChallengeKind, { messages }: RequestShape, draw: SeededDraw): Message[] => {
  const asking = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map(({ role, characters }, at) => {
    if (at !== asking) return { role, content: everydayText(tones[role], characters, draw.below) };
    return { role, content: question(kind, characters, draw) };
  });
};

const question = (kind: ChallengeKind, characters: number, draw: SeededDraw): string => {
  if (kind === 'repeat') return wordsToRepeat(characters, draw.below);
  return everydayText(kind === 'sustained-decode' ? 'story' : 'question', characters, draw.below);
};
