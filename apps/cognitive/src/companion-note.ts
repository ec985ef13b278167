import type { Reason } from '@ganglion/contracts';
import { isProof } from './blame.js';
import type { Note } from './note.js';
import type { ParticipantFacts, RoundFacts } from './round-facts.js';

/** The participant that has this task beside its own; undefined for any other task. */
export const hostOf = ({ participants }: RoundFacts, taskId: string): ParticipantFacts | undefined =>
  participants.find(({ companions }) => companions.some((one) => one.taskId === taskId));

/** A companion was answered, which is all that is asked of it. */
export const noteAnswered = (taskId: string): Note => ({ taskId, handed: [], hasEnded: true });

/**
 * A companion ended without an answer: proof of misbehaviour decides the whole test. That a node had no room for it, or no
 * time, is what such a test is there to see.
 */
export const noteUnanswered = (taskId: string, host: { taskId: string }, reason: Reason): Note => {
  const judgement = { taskId: host.taskId, outcome: 'FAILED' as const, reason };
  return { ...noteAnswered(taskId), ...(isProof(reason.code) ? { judgement } : {}) };
};

/** What the queue said when it was given the companion. One that it did not take is done without. */
export const noteCompanionEnqueued = (taskId: string, outcome: unknown): Note =>
  outcome instanceof Error ? noteAnswered(taskId) : { taskId, handed: [], isEnqueued: true };
