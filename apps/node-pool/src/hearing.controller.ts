import { cognitive, type PayloadOf, reputation, sessionQueue } from '@ganglion/contracts';
import { type MessageContext, On } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { NodeService } from './node.service.js';

const idOf = ({ eventId, subject }: MessageContext): string => {
  if (eventId === undefined) throw new Error(`${subject} came without an event id`);
  return eventId;
};

/** What happened elsewhere and concerns nodes. */
@Controller()
export class HearingController {
  constructor(private readonly nodes: NodeService) {}

  @On(cognitive.verdictGiven)
  verdictGiven(verdict: PayloadOf<typeof cognitive.verdictGiven>, context: MessageContext): Promise<void> {
    return this.nodes.judge(verdict, idOf(context));
  }

  @On(cognitive.auditEnded)
  auditEnded(fact: PayloadOf<typeof cognitive.auditEnded>, context: MessageContext): Promise<void> {
    return this.nodes.audited(fact, idOf(context));
  }

  @On(cognitive.verifierOutvoted)
  verifierOutvoted(
    fact: PayloadOf<typeof cognitive.verifierOutvoted>,
    context: MessageContext,
  ): Promise<void> {
    return this.nodes.outvoted(fact, idOf(context));
  }

  @On(sessionQueue.attemptRejected)
  attemptRejected(
    fact: PayloadOf<typeof sessionQueue.attemptRejected>,
    context: MessageContext,
  ): Promise<void> {
    return this.nodes.condemn(fact, idOf(context));
  }

  @On(sessionQueue.nodeMisbehaved)
  nodeMisbehaved(
    fact: PayloadOf<typeof sessionQueue.nodeMisbehaved>,
    context: MessageContext,
  ): Promise<void> {
    return this.nodes.convict(fact, idOf(context));
  }

  @On(sessionQueue.assignmentEnded)
  assignmentEnded(
    fact: PayloadOf<typeof sessionQueue.assignmentEnded>,
    context: MessageContext,
  ): Promise<void> {
    return this.nodes.takeBack(fact, idOf(context));
  }

  @On(reputation.scoreChanged)
  scoreChanged(fact: PayloadOf<typeof reputation.scoreChanged>, context: MessageContext): Promise<void> {
    return this.nodes.rate(fact, idOf(context));
  }
}
