import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { ValidationService } from './validation.service.js';
import { VerdictService } from './verdict.service.js';

/** Asked for its data this often, a miner had its chance. */
const ASKS = 3;
/** A miner whose message went down with a replica of ours tries again after five seconds; it gets thrice that. */
const RETURN_MS = 15_000;

/** Decides about data that was revealed and not judged, or not revealed in time. */
@Injectable()
export class LateDataService {
  readonly #since: number;

  constructor(
    private readonly commits: CommitStore,
    private readonly validation: ValidationService,
    private readonly verdicts: VerdictService,
    private readonly clock: Clock,
  ) {
    this.#since = clock.ms();
  }

  /** Whoever was to compare it has died meanwhile. */
  async unjudged({ taskId }: LiveAttempt): Promise<void> {
    await this.verdicts.compare(taskId);
  }

  /**
   * A node is late only if it was asked again and again: when we ourselves were away meanwhile, it has its time anew.
   */
  async unrevealed(found: LiveAttempt): Promise<void> {
    const wereAway = this.clock.ms() - this.#since < RETURN_MS;
    if (wereAway || found.revealAsks < ASKS) return this.commits.grantTime(found.id);
    await this.validation.reject(found, {
      code: 'reveal_late',
      message: 'the data did not come by its deadline',
    });
  }
}
