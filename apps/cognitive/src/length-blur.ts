import type { RequestShape, TaskShape } from '@ganglion/contracts';
import type { Random } from './built-in-shapes.js';

type Message = RequestShape['messages'][number];

/** A length that comes so often is somebody's habit, such as a system prompt: tests have it too. */
const HABIT = 3;
/** Other lengths are changed by up to this part: a length that comes again and again would tell what it was copied from. */
const MOST_CHANGE = 0.2;
const STEPS = 1_000;

/** The messages of a shape with other lengths of the same size, but for those that many tasks have. */
export const blurLengths = (shape: TaskShape, recent: readonly TaskShape[], random: Random): TaskShape => {
  const counts = new Map<string, number>();
  for (const { request } of recent)
    for (const message of request.messages) counts.set(keyOf(message), (counts.get(keyOf(message)) ?? 0) + 1);
  const blurred = ({ role, characters }: Message): Message => {
    const change = ((2 * random(STEPS + 1)) / STEPS - 1) * MOST_CHANGE;
    const isHabit = (counts.get(keyOf({ role, characters })) ?? 0) >= HABIT;
    return { role, characters: isHabit ? characters : Math.max(1, Math.round(characters * (1 + change))) };
  };
  return { ...shape, request: { ...shape.request, messages: shape.request.messages.map(blurred) } };
};

const keyOf = ({ role, characters }: Message): string => `${role} ${characters}`;
