import type { PayloadOf, sessionQueue } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { CognitiveService } from './cognitive.service.js';
import { noteCancelled, noteFailed, noteFinalised, notePrecommitted } from './note.js';

/** What the queue says of tasks. Tasks of a session are not tests, and are passed over without a look at the database. */
@Injectable()
export class HearingService {
  constructor(private readonly cognitive: CognitiveService) {}

  async precommitted(fact: PayloadOf<typeof sessionQueue.taskPrecommitted>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    await this.cognitive.hear(fact.taskId, { eventId, notes: () => [notePrecommitted(fact)] });
  }

  async finalised(fact: PayloadOf<typeof sessionQueue.taskFinalised>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    await this.cognitive.hear(fact.taskId, {
      eventId,
      notes: ({ challenge }) => [noteFinalised(fact, challenge.answer)],
    });
  }

  async failed(fact: PayloadOf<typeof sessionQueue.taskFailed>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    await this.cognitive.hear(fact.taskId, { eventId, notes: () => [noteFailed(fact)] });
  }

  async cancelled(fact: PayloadOf<typeof sessionQueue.taskCancelled>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    await this.cognitive.hear(fact.taskId, { eventId, notes: () => [noteCancelled(fact)] });
  }
}
