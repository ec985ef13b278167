import type { ParticipantFacts, RoundFacts } from './round-facts.js';
import { PHASE_MS } from './patience.js';
import { planRound } from './round-plan.js';
import type { Word } from './word.js';

/** When the round's state began. */
export const start = new Date('2030-01-01T00:00:00.000Z');
export const after = (ms: number): Date => new Date(start.getTime() + ms);
export const deadline = after(PHASE_MS);

/** A participant of which nothing more is known. */
export const participant = (name: string, known: Partial<ParticipantFacts> = {}): ParticipantFacts => ({
  taskId: name,
  nodeId: `node of ${name}`,
  outcome: 'PENDING',
  isServing: false,
  isEnqueued: false,
  hasStarted: false,
  hasPrecommitted: false,
  isRevealing: false,
  committedAt: null,
  correct: null,
  answer: null,
  isTimed: false,
  companions: [],
  ...known,
});
export const enqueued = (name: string): ParticipantFacts => participant(name, { isEnqueued: true });
export const precommitted = (name: string): ParticipantFacts =>
  participant(name, { isEnqueued: true, hasStarted: true, hasPrecommitted: true });
export const committed = (name: string, known: Partial<ParticipantFacts> = {}): ParticipantFacts => ({
  ...precommitted(name),
  isRevealing: true,
  committedAt: start,
  correct: true,
  isTimed: true,
  ...known,
});

/** A round with the oracle's challenge, in a state that ends at `deadline`. */
export const round = (state: RoundFacts['state'], ...participants: ParticipantFacts[]): RoundFacts => ({
  roundId: 'a round',
  state,
  deadlineAt: deadline,
  challenge: { prompt: 'What is 2 plus 2?', answer: '4', maxTokens: 8 },
  requestDigest: 'd'.repeat(64),
  reference: null,
  turns: [],
  nobodyFor: null,
  words: new Map(),
  participants,
});
/** With what the queue has said of late tasks. */
export const told = (facts: RoundFacts, words: Record<string, Word>): RoundFacts => ({
  ...facts,
  words: new Map(Object.entries(words)),
});
/** What is judged now, by task. */
export const outcomes = (facts: RoundFacts, now: Date): Record<string, string> =>
  Object.fromEntries(
    planRound(facts, now).judgements.map(({ taskId, outcome, reason }) => [
      taskId,
      `${outcome} ${reason.code}`,
    ]),
  );
