import { referenceDigest } from '@ganglion/commitment';
import type { InputOf, PayloadOf, Reason, WorkSpan } from '@ganglion/contracts';
import { type cognitive, Fault, type sessionQueue } from '@ganglion/contracts';
import { hashesOf } from './receipt-hashes.js';
import type { Judgement, ParticipantFacts } from './round-facts.js';
import { excuse, isExpected, judgeFailure } from './verdict.js';

type Measured = InputOf<typeof cognitive.timed>['measured'];
type Phase = 'START' | 'PRECOMMIT' | 'COMMIT';

/** What a participant handed in for a phase, or failed to. */
export interface Handed {
  phase: Phase;
  accepted: boolean;
  hash: string | null;
  reason: Reason | null;
}

/** News of one participant, in the form in which it is kept. Nothing in it depends on the order of arrival. */
export interface Note {
  taskId: string;
  handed: Handed[];
  correct?: boolean;
  promptTokens?: number;
  /** The hash of the answer, where nodes made the challenge. */
  answer?: string;
  measured?: Measured;
  span?: WorkSpan;
  /** Of a companion: it is over. */
  hasEnded?: true;
  isEnqueued?: true;
  isRevealing?: true;
  judgement?: Judgement;
}

const handed = (phase: Phase, hash: string | null = null): Handed => ({
  phase,
  accepted: true,
  hash,
  reason: null,
});

/** Whoever precommitted has started. */
export const noteBound = (taskId: string): Note => ({
  taskId,
  handed: [handed('START'), handed('PRECOMMIT')],
});

/** What an answer is compared with: the known one, or the hash that nodes have found for the request. */
export type Expected = { answer: string } | { reference: string; requestDigest: string };

/** A validated answer: even if the news of its precommit has not come, there was one. */
export const noteFinalised = (
  { taskId, texts, receipt, promptTokens }: PayloadOf<typeof sessionQueue.taskFinalised>,
  expected: Expected,
): Note => {
  const { precommit, head } = hashesOf(receipt);
  const answer = 'reference' in expected ? referenceDigest(expected.requestDigest, texts) : undefined;
  return {
    taskId,
    handed: [handed('START'), handed('PRECOMMIT', precommit), handed('COMMIT', head)],
    correct: 'reference' in expected ? answer === expected.reference : isExpected(texts[0], expected.answer),
    ...(answer === undefined ? {} : { answer }),
    promptTokens,
  };
};

/** A task that ended without an answer. The phase in which it failed is the first that was not handed in. */
export const noteFailed = (
  { taskId, reason }: PayloadOf<typeof sessionQueue.taskFailed>,
  participants: readonly Pick<ParticipantFacts, 'taskId' | 'isServing'>[],
): Note => {
  const isServing = participants.some((one) => one.taskId === taskId && one.isServing);
  const judgement = judgeFailure({ taskId, isServing }, reason);
  const failed = (phase: Phase): Handed => ({ phase, accepted: false, hash: null, reason });
  const isRefusedAnswer = judgement.outcome === 'FAILED' && reason.code === 'answer_rejected';
  return { taskId, handed: isRefusedAnswer ? [failed('COMMIT')] : [], judgement };
};

export const noteCancelled = ({ taskId, reason }: PayloadOf<typeof sessionQueue.taskCancelled>): Note => ({
  taskId,
  handed: [],
  judgement: excuse(taskId, reason.code, reason.message),
});

/** The oracle's timing; a node that it saw at work has started. */
export const noteTimed = ({ taskId, measured, span }: InputOf<typeof cognitive.timed>): Note => ({
  taskId,
  handed: measured.ttftMs === null ? [] : [handed('START')],
  measured,
  ...(span ? { span } : {}),
});

/**
 * What the queue said when it was given the task: taken; not reached, so that the clock tries again; or refused for
 * good, which is no fault of the node.
 */
export const noteEnqueued = (taskId: string, outcome: unknown): Note | null => {
  if (!(outcome instanceof Error)) return { taskId, handed: [], isEnqueued: true };
  if (!(outcome instanceof Fault)) throw outcome;
  if (outcome.code === 'UNAVAILABLE' || outcome.code === 'INTERNAL') return null;
  return {
    taskId,
    handed: [],
    judgement: excuse(taskId, 'queue_refused', `the queue refused its task: ${outcome.message}`),
  };
};

/** What the queue said when it was told to reveal. A task that has ended in the meantime says so by its own event. */
export const noteRevealing = (taskId: string, outcome: unknown): Note | null => {
  if (!(outcome instanceof Error)) return { taskId, handed: [], isRevealing: true };
  if (!(outcome instanceof Fault)) throw outcome;
  return null;
};
