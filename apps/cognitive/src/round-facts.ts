import type { Challenge, Reason, RoleOutcome, RoundRole, RoundState } from '@ganglion/contracts';
import type { Word } from './word.js';

/** What became of a participant. */
export type Outcome = 'PENDING' | 'PASSED' | 'FAILED' | 'EXCUSED';

/** What is known of one participant when a decision about its round is made. */
export interface ParticipantFacts {
  taskId: string;
  nodeId: string;
  outcome: Outcome;
  /** At work for a session meanwhile. */
  isServing: boolean;
  /** The queue took its task. */
  isEnqueued: boolean;
  /** It was seen at work. */
  hasStarted: boolean;
  hasPrecommitted: boolean;
  /** The queue was told to ask for its answer. */
  isRevealing: boolean;
  /** When its validated answer was heard; null before. */
  committedAt: Date | null;
  correct: boolean | null;
  /** Its answer by its hash, where nodes made the challenge. */
  answer: string | null;
  /** The oracle reported its timing. */
  isTimed: boolean;
  /** What it has beside its own task. */
  companions: readonly CompanionFacts[];
}

/** What is known of a task that a participant has beside its own. */
export interface CompanionFacts {
  taskId: string;
  /** The queue took it. */
  isEnqueued: boolean;
  /** Answered, or over otherwise. */
  hasEnded: boolean;
  isTimed: boolean;
}

type TurnState = 'DRAWN' | 'ASKED' | 'HANDED_IN' | 'PASSED' | 'FAILED' | 'EXCUSED';

/** A node's turn as creator or preparer. */
export interface TurnFacts {
  turnId: string;
  nodeId: string;
  role: RoundRole;
  state: TurnState;
  /** When it counts as silent. */
  dueAt: Date;
  /** The answer that it found, by its hash; null until it has handed in. */
  reference: string | null;
}

/** The end of a node's turn. */
export interface TurnEnding {
  turnId: string;
  outcome: RoleOutcome;
  reason: Reason;
}

export interface RoundFacts {
  roundId: string;
  state: RoundState;
  /** When the state ends by force. */
  deadlineAt: Date;
  challenge: Challenge;
  /** Of the request, as it is now. */
  requestDigest: string;
  /** The answer that creator and preparer agree on, by its hash; null: the oracle's challenge is used. */
  reference: string | null;
  turns: readonly TurnFacts[];
  /** The role for which a search has just found nobody, by what was known before it. */
  nobodyFor: RoundRole | null;
  /** What the queue has just said of tasks whose deadline has passed, by their ids. */
  words: ReadonlyMap<string, Word>;
  participants: readonly ParticipantFacts[];
}

/** The end of one participant's test. */
export interface Judgement {
  taskId: string;
  outcome: Exclude<Outcome, 'PENDING'>;
  reason: Reason;
}

export const isPending = ({ outcome }: { outcome: Outcome }): boolean => outcome === 'PENDING';
