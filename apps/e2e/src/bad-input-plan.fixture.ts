import { brokenBytes } from './bad-input-bytes.fixture.js';
import { type Mutation, randomMutation, systematicMutations } from './bad-input-mutations.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';

export interface PlanOptions {
  readonly chance: Chance;
  /** How many messages to make. */
  readonly count: number;
  /** Bytes that are too large on this way. */
  readonly large: number;
}

/**
 * So many bad messages from a good one: what is broken as bytes, then each field wrong in each way, in random order as
 * far as there is room, then several fields at once until there are enough.
 */
export const badInputs = (example: unknown, { chance, count, large }: PlanOptions): Mutation[] => {
  const broken = chance.sample(brokenBytes(example, chance, large), Math.ceil(count / 3));
  const systematic = chance.sample(systematicMutations(example), count - broken.length);
  const missing = count - broken.length - systematic.length;
  const random = Array.from({ length: missing }, () => randomMutation(example, chance));
  return chance.sample([...broken, ...systematic, ...random]);
};
