import { seeded, shuffled } from '@ganglion/testkit/seeded';

/** Seeded chance: the same seed makes the same walk, so that what it found can be found again. */
export class Chance {
  /** Uniform in 0 ≤ x < 1. */
  readonly next: () => number;

  constructor(readonly seed: number) {
    this.next = seeded(seed);
  }

  /** A whole number in 0 … limit − 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from');
    return list[this.below(list.length)] as T;
  }

  /** `count` of them in a random order; all of them if there are no more. */
  sample<T>(list: readonly T[], count = list.length): T[] {
    return shuffled(list, this.next).slice(0, count);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
