import { randomInt } from 'node:crypto';
import type { Challenge } from '@ganglion/contracts';

/**
 * Draws challenges so that they cannot be foreseen and do not come twice before all have come once. A model's questions
 * are a list of known length: whoever remembers the last ones must not know the next.
 */
export class Deck {
  readonly #drawn = new Map<string, Set<string>>();

  /** `random(n)` is a whole number below n. */
  constructor(private readonly random: (below: number) => number = randomInt) {}

  /** One of a model's challenges, or null when it has none. */
  draw(modelDigest: string, challenges: readonly Challenge[]): Challenge | null {
    const drawn = this.#drawn.get(modelDigest) ?? new Set<string>();
    const fresh = challenges.filter(({ prompt }) => !drawn.has(prompt));
    if (fresh.length === 0) drawn.clear();
    const choice = pick(fresh.length > 0 ? fresh : challenges, this.random);
    if (choice) drawn.add(choice.prompt);
    this.#drawn.set(modelDigest, drawn);
    return choice;
  }
}

const pick = (from: readonly Challenge[], random: (below: number) => number): Challenge | null =>
  from.length === 0 ? null : (from[random(from.length)] ?? null);
