import type { Challenge, Reason, RoundState } from '@ganglion/contracts';

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
  /** The oracle reported its timing. */
  isTimed: boolean;
}

export interface RoundFacts {
  roundId: string;
  state: RoundState;
  /** When the state ends by force. */
  deadlineAt: Date;
  challenge: Challenge;
  participants: readonly ParticipantFacts[];
}

/** The end of one participant's test. */
export interface Judgement {
  taskId: string;
  outcome: Exclude<Outcome, 'PENDING'>;
  reason: Reason;
}

export const isPending = ({ outcome }: { outcome: Outcome }): boolean => outcome === 'PENDING';
