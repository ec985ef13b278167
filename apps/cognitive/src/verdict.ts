import type { Reason, RoundState } from '@ganglion/contracts';
import type { Judgement, ParticipantFacts } from './round-facts.js';
import { isNodesFault, isProof } from './blame.js';
import { type Contest, OVERRULED } from './contest.js';
import type { Word } from './word.js';

/** How long a right answer waits for the oracle's timing of it before the verdict is given without. */
export const TIMING_GRACE_MS = 2_000;

/** How long it waits for what its node has beside it: the round's last state lasts not much longer. */
export const COMPANION_GRACE_MS = 10_000;

/** Is this the expected answer? Exactly, but for white space around it. */
export const isExpected = (text: string | undefined, answer: string): boolean =>
  text !== undefined && text.trim() === answer.trim();

/**
 * Judges a participant whose answer is validated; null while a right one waits for its timing and for what its node has
 * beside it, and a wrong one for others that may agree with it.
 */
export const judgeCommitted = (
  participant: ParticipantFacts,
  now: Date,
  contest: Contest = 'stands',
): Judgement | null => {
  const { taskId, correct, committedAt, companions } = participant;
  if (contest === 'overruled')
    return excuse(taskId, OVERRULED, 'most participants agree on another answer than the reference');
  if (!correct) {
    if (contest === 'open') return null;
    const message = 'the answer differs from the expected one';
    return { taskId, outcome: 'FAILED', reason: { code: 'wrong_answer', message } };
  }
  const waitedMs = now.getTime() - (committedAt?.getTime() ?? 0);
  const graceMs = companions.every(({ hasEnded }) => hasEnded) ? TIMING_GRACE_MS : COMPANION_GRACE_MS;
  if (!isWhollySeen(participant) && waitedMs < graceMs) return null;
  return { taskId, outcome: 'PASSED', reason: { code: 'passed', message: 'answered rightly and in time' } };
};

/** Is there nothing more to be heard of it? What the queue did not take is never timed. */
const isWhollySeen = ({ isTimed, companions }: ParticipantFacts): boolean =>
  isTimed && companions.every((one) => one.hasEnded && (one.isTimed || !one.isEnqueued));

/**
 * Judges a participant that has not done its part when the state's deadline passes; null while the queue has not said
 * what it knows of its task. What the queue did not pass on in time counts against nobody.
 */
export const judgeLate = (
  state: RoundState,
  participant: ParticipantFacts,
  word: Word | undefined,
): Judgement | null => {
  const { taskId, hasPrecommitted, hasStarted, isEnqueued, isRevealing, isServing } = participant;
  if (state === 'STARTED')
    return isEnqueued ? null : excuse(taskId, 'not_enqueued', 'its task could not be handed to the queue');
  if (state === 'PRECOMMITTING' && hasPrecommitted) return null;
  // Users' tasks come first, and nobody could tell its slowness from theirs.
  if (isServing) return excuse(taskId, 'serving', 'it was at work for its session, and not done in time');
  if (state === 'COMMITTING' && !isRevealing)
    return excuse(taskId, 'not_revealed', 'its answer could not be asked for');
  if (state === 'PRECOMMITTING' || state === 'COMMITTING') {
    if (word === undefined) return null;
    if (word === 'unknown')
      return excuse(taskId, 'queue_away', 'the queue could not say what became of its task');
  }
  if (state === 'PRECOMMITTING') {
    if (word === 'unasked')
      return excuse(taskId, 'not_offered', 'its task was offered to it too late, or not at all');
    return hasStarted
      ? fail(taskId, 'precommit_late', 'started, but precommitted nothing before the deadline')
      : fail(taskId, 'start_late', 'neither started nor precommitted before the deadline');
  }
  if (state === 'COMMITTING')
    return word === 'answered'
      ? excuse(taskId, 'not_validated', 'its answer was there, and not validated before the deadline')
      : fail(taskId, 'commit_late', 'precommitted, but gave no answer before the deadline');
  return excuse(taskId, 'not_started', 'the round was not started in time');
};

/**
 * Judges a participant whose task ended without an answer: only what is the node's own fault fails it, and of one that
 * was serving only what is proof.
 */
export const judgeFailure = (
  { taskId, isServing }: Pick<ParticipantFacts, 'taskId' | 'isServing'>,
  reason: Reason,
): Judgement => ({
  taskId,
  outcome: (isServing ? isProof : isNodesFault)(reason.code) ? 'FAILED' : 'EXCUSED',
  reason,
});

/** A participant whose task was refused by the queue, or ended by someone's wish. */
export const excuse = (taskId: string, code: string, message: string): Judgement => ({
  taskId,
  outcome: 'EXCUSED',
  reason: { code, message },
});

const fail = (taskId: string, code: string, message: string): Judgement => ({
  taskId,
  outcome: 'FAILED',
  reason: { code, message },
});
