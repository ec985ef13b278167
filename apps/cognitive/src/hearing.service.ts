import { type cognitive, Fault, type InputOf, type PayloadOf, type sessionQueue } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { hostOf, noteAnswered, noteUnanswered } from './companion-note.js';
import { LeaderStore } from './leader.store.js';
import { noteBound, noteCancelled, noteFailed, noteFinalised, noteTimed } from './note.js';
import type { News } from './progress.store.js';
import { ProgressService } from './progress.service.js';
import type { RoundFacts } from './round-facts.js';
import { RoundStore } from './round.store.js';

/** News of tests. Tasks of a session are none, and are passed over without a look at the database. */
@Injectable()
export class HearingService {
  constructor(
    private readonly rounds: RoundStore,
    private readonly leaders: LeaderStore,
    private readonly progress: ProgressService,
  ) {}

  async precommitted(fact: PayloadOf<typeof sessionQueue.taskPrecommitted>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    const notes = (facts: RoundFacts) => (hostOf(facts, fact.taskId) ? [] : [noteBound(fact.taskId)]);
    await this.hear(fact.taskId, { eventId, notes });
  }

  async finalised(fact: PayloadOf<typeof sessionQueue.taskFinalised>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    await this.hear(fact.taskId, {
      eventId,
      notes: (facts) => {
        const { challenge, reference, requestDigest } = facts;
        if (hostOf(facts, fact.taskId)) return [noteAnswered(fact.taskId)];
        return [noteFinalised(fact, reference === null ? challenge : { reference, requestDigest })];
      },
    });
  }

  async failed(fact: PayloadOf<typeof sessionQueue.taskFailed>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    const { taskId, reason } = fact;
    const notes = (facts: RoundFacts) => {
      const host = hostOf(facts, taskId);
      return [host ? noteUnanswered(taskId, host, reason) : noteFailed(fact, facts.participants)];
    };
    await this.hear(taskId, { eventId, notes });
  }

  async cancelled(fact: PayloadOf<typeof sessionQueue.taskCancelled>, eventId?: string): Promise<void> {
    if (fact.sessionId !== null) return;
    const notes = (facts: RoundFacts) => [
      hostOf(facts, fact.taskId) ? noteAnswered(fact.taskId) : noteCancelled(fact),
    ];
    await this.hear(fact.taskId, { eventId, notes });
  }

  /** Takes the oracle's timing of a task; for a participant that was judged already it changes nothing. */
  async timed(input: InputOf<typeof cognitive.timed>): Promise<Record<string, never>> {
    await this.leaders.checkEpoch(input.epoch);
    const isHeard = await this.hear(input.taskId, {
      notes: (facts) => {
        const own = facts.participants.find(({ taskId }) => taskId === input.taskId);
        return (own ?? hostOf(facts, input.taskId))?.nodeId === input.nodeId ? [noteTimed(input)] : [];
      },
    });
    if (!isHeard) throw new Fault('NOT_FOUND', `taskId: ${input.taskId} is no task of a round`);
    return {};
  }

  /** Takes news of a task to its round; false when the task is no test. */
  private async hear(taskId: string, news: News): Promise<boolean> {
    const roundId = await this.rounds.roundOf(taskId);
    if (roundId === null) return false;
    await this.progress.drive(roundId, news);
    return true;
  }
}
