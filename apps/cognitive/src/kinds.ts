import type { ChallengeKind, RequestShape } from '@ganglion/contracts';
import type { Random } from './built-in-shapes.js';

/** A way to look at nodes. */
interface Kind {
  readonly kind: ChallengeKind;
  /** Its share among the kinds that fit a shape. */
  readonly weight: number;
  /**
   * Can it be looked at with a request of this shape, and a node of so many slots? The shape is drawn before: a kind must
   * not change how tests look.
   */
  readonly fits: (shape: RequestShape, slots: number) => boolean;
}

/** Characters of a prompt from which the time to the first token is that of reading it. */
const LONG_PROMPT = 400;
/** Tokens from which the speed of a whole answer is that of decoding. */
const LONG_ANSWER = 32;
/** Requests that a node is given at once, at most. */
export const MOST_AT_ONCE = 8;
/** Characters that hold what asks to repeat, and something to be repeated. */
const LEAST_TO_REPEAT = 32;

const lastOf = ({ messages }: RequestShape): number =>
  messages.findLast(({ role }) => role === 'user')?.characters ?? 0;

/** Does its answer last long enough for others to begin meanwhile? */
export const isLong = ({ sampling }: RequestShape): boolean => sampling.maxTokens >= LONG_ANSWER;

/** Every kind judges the answer, holds it back until all hashes are in, and is timed; they differ in what else is seen. */
export const kinds: readonly Kind[] = [
  { kind: 'known-answer', weight: 60, fits: () => true },
  { kind: 'repeat', weight: 5, fits: (shape) => lastOf(shape) >= LEAST_TO_REPEAT },
  {
    kind: 'long-prefill',
    weight: 20,
    fits: ({ messages }) => messages.reduce((sum, { characters }) => sum + characters, 0) >= LONG_PROMPT,
  },
  { kind: 'sustained-decode', weight: 15, fits: isLong },
  { kind: 'concurrent', weight: 15, fits: (shape, slots) => isLong(shape) && slots > 1 },
];

/** One of the kinds that fit a shape and a node of so many slots, by their weights. */
export const drawKind = (shape: RequestShape, random: Random, slots = 1): ChallengeKind => {
  const fitting = kinds.filter(({ fits }) => fits(shape, slots));
  let lot = random(fitting.reduce((sum, { weight }) => sum + weight, 0));
  for (const { kind, weight } of fitting) {
    if (lot < weight) return kind;
    lot -= weight;
  }
  return 'known-answer';
};
