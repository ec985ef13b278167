import {
  cognitive,
  type InputOf,
  nodePool,
  type OutputOf,
  type PayloadOf,
  reputation,
  sessionQueue,
} from '@ganglion/contracts';
import { Handles, type MessageContext, On } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { HistoryStore } from './history.store.js';
import { ReputationService } from './reputation.service.js';
import { ReputationStore } from './reputation.store.js';

/** What reputation answers and hears. */
@Controller()
export class ReputationController {
  constructor(
    private readonly service: ReputationService,
    private readonly store: ReputationStore,
    private readonly past: HistoryStore,
  ) {}

  @Handles(reputation.get)
  get({ nodeId }: InputOf<typeof reputation.get>): Promise<OutputOf<typeof reputation.get>> {
    return this.store.get(nodeId);
  }

  @Handles(reputation.list)
  list(page: InputOf<typeof reputation.list>): Promise<OutputOf<typeof reputation.list>> {
    return this.store.list(page);
  }

  @Handles(reputation.explain)
  explain({ nodeId }: InputOf<typeof reputation.explain>): Promise<OutputOf<typeof reputation.explain>> {
    return this.past.explain(nodeId);
  }

  @Handles(reputation.history)
  history(input: InputOf<typeof reputation.history>): Promise<OutputOf<typeof reputation.history>> {
    return this.past.history(input);
  }

  @Handles(reputation.series)
  series(input: InputOf<typeof reputation.series>): Promise<OutputOf<typeof reputation.series>> {
    return this.past.series(input);
  }

  @Handles(reputation.session)
  session({ sessionId }: InputOf<typeof reputation.session>): Promise<OutputOf<typeof reputation.session>> {
    return this.past.session(sessionId);
  }

  @Handles(reputation.measured)
  measured(
    input: InputOf<typeof reputation.measured>,
    context: MessageContext,
  ): Promise<OutputOf<typeof reputation.measured>> {
    return this.service.measured(input, context);
  }

  @On(cognitive.verdictGiven)
  verdictGiven(fact: PayloadOf<typeof cognitive.verdictGiven>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(cognitive.nodeProbed)
  nodeProbed(fact: PayloadOf<typeof cognitive.nodeProbed>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(cognitive.auditEnded)
  auditEnded(fact: PayloadOf<typeof cognitive.auditEnded>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(cognitive.verifierOutvoted)
  outvoted(fact: PayloadOf<typeof cognitive.verifierOutvoted>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(cognitive.roleEnded)
  roleEnded(fact: PayloadOf<typeof cognitive.roleEnded>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(sessionQueue.attemptAccepted)
  accepted(fact: PayloadOf<typeof sessionQueue.attemptAccepted>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(sessionQueue.attemptRejected)
  rejected(fact: PayloadOf<typeof sessionQueue.attemptRejected>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(sessionQueue.attemptLost)
  lost(fact: PayloadOf<typeof sessionQueue.attemptLost>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }

  @On(nodePool.nodeRegistered)
  registered(fact: PayloadOf<typeof nodePool.nodeRegistered>, context: MessageContext): Promise<void> {
    return this.service.hear(fact, context);
  }
}
