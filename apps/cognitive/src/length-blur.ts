import type { RequestShape, TaskShape } from '@ganglion/contracts';
import type { Random } from './built-in-shapes.js';

type Message = RequestShape['messages'][number];

/** A length that comes so often is somebody's habit, such as a system prompt: tests have it too. */
const HABIT = 3;
/** Other lengths are changed by up to this part: a length that comes again and again would tell what it was copied from. */
const MOST_CHANGE = 0.2;
const STEPS = 1_000;

/** Lengths that many tasks have, by role. */
export const habitsOf = (recent: readonly TaskShape[]): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  for (const { request } of recent)
    for (const message of request.messages) counts.set(keyOf(message), (counts.get(keyOf(message)) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= HABIT).map(([key]) => key));
};

/** The messages of a shape with other lengths of the same size, but for habits. */
export const blurLengths = (shape: TaskShape, habits: ReadonlySet<string>, random: Random): TaskShape => {
  const blurred = ({ role, characters }: Message): Message => {
    const change = ((2 * random(STEPS + 1)) / STEPS - 1) * MOST_CHANGE;
    const isHabit = habits.has(keyOf({ role, characters }));
    return { role, characters: isHabit ? characters : Math.max(1, Math.round(characters * (1 + change))) };
  };
  return { ...shape, request: { ...shape.request, messages: shape.request.messages.map(blurred) } };
};

const keyOf = ({ role, characters }: Message): string => `${role} ${characters}`;
