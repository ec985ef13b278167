import { Injectable } from '@nestjs/common';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { EndingService } from './ending.service.js';
import { LateDataService } from './late-data.service.js';
import { OfferService } from './offer.service.js';
import type { Due } from './sweep.store.js';

/** Decides what becomes of tasks and attempts whose deadline has passed; of attempts by what they are late with. */
@Injectable()
export class OverdueService {
  constructor(
    private readonly commits: CommitStore,
    private readonly offers: OfferService,
    private readonly endings: EndingService,
    private readonly data: LateDataService,
  ) {}

  due(): Promise<Due> {
    return this.endings.due();
  }

  endTasks(): Promise<void> {
    return this.endings.endOverdue();
  }

  async settleAttempts(): Promise<void> {
    const overdue = await this.commits.overdue();
    const isOffered = ({ state }: LiveAttempt): boolean => state === 'OFFERED';
    // A miner may take a second to answer: all are asked at once.
    await Promise.all(overdue.filter(isOffered).map((found) => this.offers.again(found)));
    for (const found of overdue) if (!isOffered(found)) await this.settle(found);
  }

  private async settle(found: LiveAttempt): Promise<void> {
    const { state, task } = found;
    if (state === 'COMMITTED') return this.data.unjudged(found);
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
    await this.data.unrevealed(found);
  }
}
