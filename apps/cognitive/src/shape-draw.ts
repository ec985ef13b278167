import type { TaskShape } from '@ganglion/contracts';
import { builtInShape, type Random } from './built-in-shapes.js';
import { blurLengths, habitsOf } from './length-blur.js';

/** Tries to find a shape that can be tested with, before a built-in one that is cut to fit is taken. */
const TRIES = 20;
/** More tokens than this are never asked for: a test must end in time, and costs somebody's computation. */
const MOST_TOKENS = 512;
/** A shorter life would end before its round. */
const LEAST_LIFETIME_MS = 120_000;
/** Tokens are at least so long on the average, in any language that is written with letters. */
const CHARACTERS_PER_TOKEN = 2;
/** What a chat template adds to each message, in tokens. */
const PER_MESSAGE = 16;

/** A shape that nodes of this context can be tested with: one of the recent ones, or else a built-in one. */
export const drawShape = (
  recent: readonly TaskShape[],
  { contextLength }: { contextLength: number },
  random: Random,
): TaskShape => {
  const habits = habitsOf(recent);
  for (let tries = 0; tries < TRIES; tries++) {
    const shape =
      recent.length > 0 ? blurLengths(recent[random(recent.length)]!, habits, random) : builtInShape(random);
    if (canBeTested(shape, contextLength)) return shape;
  }
  const shape = builtInShape(random);
  return { ...shape, request: { ...shape.request, messages: [{ role: 'user', characters: 16 }] } };
};

const canBeTested = ({ request, lifetimeMs }: TaskShape, contextLength: number): boolean => {
  const { messages, choices, sampling } = request;
  const characters = messages.reduce((sum, message) => sum + message.characters, 0);
  const room = contextLength - messages.length * PER_MESSAGE;
  return (
    characters / CHARACTERS_PER_TOKEN < room &&
    sampling.maxTokens * choices <= MOST_TOKENS &&
    lifetimeMs >= LEAST_LIFETIME_MS &&
    messages.some(({ role }) => role === 'user')
  );
};
