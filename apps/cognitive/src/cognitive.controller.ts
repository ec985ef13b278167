import { cognitive, type InputOf, type OutputOf, type PayloadOf, sessionQueue } from '@ganglion/contracts';
import { Handles, type MessageContext, On } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { CognitiveService } from './cognitive.service.js';
import { HearingService } from './hearing.service.js';
import { ProbeStore } from './probe.store.js';
import { RoundStore } from './round.store.js';

/** What cognitive answers and hears. */
@Controller()
export class CognitiveController {
  constructor(
    private readonly service: CognitiveService,
    private readonly hearing: HearingService,
    private readonly rounds: RoundStore,
    private readonly probes: ProbeStore,
  ) {}

  @Handles(cognitive.tick)
  tick(input: InputOf<typeof cognitive.tick>): Promise<OutputOf<typeof cognitive.tick>> {
    return this.service.tick(input);
  }

  @Handles(cognitive.timed)
  timed(input: InputOf<typeof cognitive.timed>): Promise<OutputOf<typeof cognitive.timed>> {
    return this.hearing.timed(input);
  }

  @Handles(cognitive.probed)
  probed(input: InputOf<typeof cognitive.probed>): Promise<OutputOf<typeof cognitive.probed>> {
    return this.probes.report(input);
  }

  @Handles(cognitive.get)
  get({ roundId }: InputOf<typeof cognitive.get>): Promise<OutputOf<typeof cognitive.get>> {
    return this.rounds.get(roundId);
  }

  @Handles(cognitive.list)
  list(page: InputOf<typeof cognitive.list>): Promise<OutputOf<typeof cognitive.list>> {
    return this.rounds.list(page);
  }

  @On(sessionQueue.taskFinalised)
  finalised(fact: PayloadOf<typeof sessionQueue.taskFinalised>, context: MessageContext): Promise<void> {
    return this.hearing.finalised(fact, context.eventId);
  }

  @On(sessionQueue.taskFailed)
  failed(fact: PayloadOf<typeof sessionQueue.taskFailed>, context: MessageContext): Promise<void> {
    return this.hearing.failed(fact, context.eventId);
  }

  @On(sessionQueue.taskCancelled)
  cancelled(fact: PayloadOf<typeof sessionQueue.taskCancelled>, context: MessageContext): Promise<void> {
    return this.hearing.cancelled(fact, context.eventId);
  }
}
