import {
  cognitive,
  type InputOf,
  type OutputOf,
  type PayloadOf,
  reputation,
  sessionQueue,
} from '@ganglion/contracts';
import { Handles, type MessageContext, On } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { DrawService } from './draw.service.js';
import { DrawStore } from './draw.store.js';
import { EpochStore } from './epoch.store.js';
import { ScoredService } from './scored.service.js';

/** What concerns audits. */
@Controller()
export class AuditController {
  constructor(
    private readonly epochStore: EpochStore,
    private readonly drawStore: DrawStore,
    private readonly drawing: DrawService,
    private readonly scores: ScoredService,
  ) {}

  @Handles(cognitive.epochs)
  epochs(page: InputOf<typeof cognitive.epochs>): Promise<OutputOf<typeof cognitive.epochs>> {
    return this.epochStore.list(page);
  }

  @Handles(cognitive.draws)
  draws(page: InputOf<typeof cognitive.draws>): Promise<OutputOf<typeof cognitive.draws>> {
    return this.drawStore.list(page);
  }

  @Handles(cognitive.scored)
  scored(
    input: InputOf<typeof cognitive.scored>,
    { nodeId }: MessageContext,
  ): Promise<OutputOf<typeof cognitive.scored>> {
    return this.scores.scored(input, nodeId!);
  }

  @On(sessionQueue.taskPrecommitted)
  precommitted(
    fact: PayloadOf<typeof sessionQueue.taskPrecommitted>,
    context: MessageContext,
  ): Promise<void> {
    return this.drawing.precommitted(fact, context.eventId);
  }

  @On(reputation.scoreChanged)
  scoreChanged(fact: PayloadOf<typeof reputation.scoreChanged>): Promise<void> {
    return this.drawStore.rate(fact);
  }
}
