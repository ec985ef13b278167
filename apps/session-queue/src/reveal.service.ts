import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { CommitService } from './commit.service.js';
import type { LiveAttempt } from './commit.store.js';
import { SweepStore } from './sweep.store.js';
import { ValidationService } from './validation.service.js';

/** A reveal that was not answered is asked for again after this. */
const REVEAL_AGAIN_MS = 2_000;

/** Goes after reveals that do not come. */
@Injectable()
export class RevealService {
  constructor(
    private readonly store: SweepStore,
    private readonly commits: CommitService,
    private readonly validation: ValidationService,
    private readonly clock: Clock,
  ) {}

  async askAgain(): Promise<void> {
    const before = new Date(this.clock.ms() - REVEAL_AGAIN_MS);
    for (const found of await this.store.unrevealed(before)) this.commits.askReveal(found);
  }

  /** The deadline for the data has passed: the hash was never filled. */
  async late(found: LiveAttempt): Promise<void> {
    await this.validation.reject(found, {
      code: 'reveal_late',
      message: 'the data did not come by its deadline',
    });
  }
}
