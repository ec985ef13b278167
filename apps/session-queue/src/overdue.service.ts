import { Injectable } from '@nestjs/common';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { EndingService } from './ending.service.js';
import { ValidationService } from './validation.service.js';
import { VerdictService } from './verdict.service.js';

/** Asked for its data this often, a miner had its chance. */
const ASKS = 3;

/** Decides what becomes of an attempt whose deadline has passed, by what it is late with. */
@Injectable()
export class OverdueService {
  constructor(
    private readonly commits: CommitStore,
    private readonly endings: EndingService,
    private readonly validation: ValidationService,
    private readonly verdicts: VerdictService,
  ) {}

  async sweep(): Promise<void> {
    for (const found of await this.commits.overdue()) await this.settle(found);
  }

  private async settle(found: LiveAttempt): Promise<void> {
    const { state, task } = found;
    if (state === 'OFFERED')
      return this.endings.withdraw(found, {
        code: 'offer_unsettled',
        message: 'the offer was never settled',
      });
    // Whoever was to compare it has died meanwhile.
    if (state === 'COMMITTED') return this.verdicts.compare(found.taskId);
    if (state !== 'PRECOMMITTED')
      return this.endings.lose(found, {
        code: 'stalled',
        message: 'the miner has shown nothing for too long',
      });
    if (task.state === 'PRECOMMITTED')
      return this.endings.withdraw(found, {
        code: 'reveal_unwanted',
        message: 'nobody asked for the held data',
      });
    await this.revealLate(found);
  }

  /**
   * A node is late only if it was asked again and again: when we ourselves were away meanwhile, it has its time anew.
   */
  private async revealLate(found: LiveAttempt): Promise<void> {
    if (found.revealAsks < ASKS) return this.commits.grantTime(found.id);
    await this.validation.reject(found, {
      code: 'reveal_late',
      message: 'the data did not come by its deadline',
    });
  }
}
