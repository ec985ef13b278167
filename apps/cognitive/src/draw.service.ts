import type { PayloadOf, sessionQueue } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { DrawStore } from './draw.store.js';
import { HearingService } from './hearing.service.js';
import { OutcomeService } from './outcome.service.js';

/** Hears precommits: of tests, which are not audited, and of everything else, which may be. */
@Injectable()
export class DrawService {
  constructor(
    private readonly draws: DrawStore,
    private readonly outcomes: OutcomeService,
    private readonly hearing: HearingService,
  ) {}

  async precommitted(fact: PayloadOf<typeof sessionQueue.taskPrecommitted>, eventId?: string): Promise<void> {
    if (fact.sessionId === null) return this.hearing.precommitted(fact, eventId);
    const auditId = await this.draws.hear(fact, eventId);
    if (auditId !== null) this.outcomes.drawn(auditId, fact.nodeId);
  }
}
