import type { Reason, RoundState } from '@ganglion/contracts';
import { type Contest, contestOf } from './contest.js';
import { endMakers, planRoles, type RolePlan } from './role-plan.js';
import { isPending, type Judgement, type ParticipantFacts, type RoundFacts } from './round-facts.js';
import { judgeCommitted, judgeLate } from './verdict.js';

/** What is to be done with a round now: write the judgements and moves, then speak to the queue. */
export interface RoundPlan extends RolePlan {
  judgements: Judgement[];
  /** Of the last move: why the round ended without a verdict. */
  reason: Reason | null;
  /** Task ids whose task is to be handed to the queue, asked to reveal, or cancelled. */
  enqueue: string[];
  reveal: string[];
  cancel: string[];
  /** Task ids of which the queue is to be asked before their nodes are blamed. */
  inquire: string[];
}

/**
 * Decides the next step of a live round from what is known. Pure and repeatable: the same facts give the same plan, so
 * the clock may ask again whenever it likes, and whatever was not carried out is planned again.
 */
export const planRound = (facts: RoundFacts, now: Date): RoundPlan => {
  if (facts.state === 'REQUESTED' || facts.state === 'CREATED')
    return {
      judgements: [],
      reason: null,
      enqueue: [],
      reveal: [],
      cancel: [],
      inquire: [],
      ...planRoles(facts, now),
    };
  const isLate = now.getTime() >= facts.deadlineAt.getTime();
  const contest = contestOf(facts, isLate);
  const judgements = facts.participants
    .filter(isPending)
    .map((participant) => judge(facts, participant, { now, isLate, contest }))
    .filter((judgement) => judgement !== null);
  const judged = new Set(judgements.map(({ taskId }) => taskId));
  const left = facts.participants.filter((p) => isPending(p) && !judged.has(p.taskId));
  const moves = left.length > 0 ? onward(facts.state, left) : ending(facts, judgements);
  const state = moves.at(-1) ?? facts.state;
  return {
    judgements,
    moves,
    draw: null,
    ask: null,
    source: null,
    endings: isFinal(state) ? endMakers(facts, contest === 'overruled') : [],
    reason: state === 'ABORTED' ? { code: 'nobody_judged', message: whyAborted(judgements) } : null,
    enqueue: state === 'STARTED' ? toBeEnqueued(left) : [],
    reveal: state === 'COMMITTING' ? idsOf(left.filter((p) => !p.isRevealing && !p.committedAt)) : [],
    cancel: leftOf(facts, judgements),
    inquire: isLate ? idsOf(left.filter((p) => isUnexplained(facts, p))) : [],
  };
};

const isFinal = (state: RoundState): boolean => state === 'ENDED' || state === 'ABORTED';

const judge = (
  { state, words }: RoundFacts,
  participant: ParticipantFacts,
  { now, isLate, contest }: { now: Date; isLate: boolean; contest: Contest },
): Judgement | null => {
  if (participant.committedAt) return judgeCommitted(participant, now, contest);
  return isLate ? judgeLate(state, participant, words.get(participant.taskId)) : null;
};

/** It owes something, and the queue has not said yet whether it could have given it. */
const isUnexplained = ({ state, words }: RoundFacts, participant: ParticipantFacts): boolean =>
  !words.has(participant.taskId) &&
  participant.committedAt === null &&
  (state === 'COMMITTING' || (state === 'PRECOMMITTING' && !participant.hasPrecommitted));

/** The states a round passes while someone is still to be judged. */
const onward = (state: RoundState, left: readonly ParticipantFacts[]): RoundState[] => {
  switch (state) {
    case 'PREPARED':
      return ['STARTED'];
    case 'STARTED':
      return left.every((p) => p.isEnqueued) ? ['PRECOMMITTING', ...onward('PRECOMMITTING', left)] : [];
    case 'PRECOMMITTING':
      return left.every((p) => p.hasPrecommitted || p.committedAt) ? ['COMMITTING'] : [];
    default:
      return [];
  }
};

/** Nobody is left: the round ends, or was in vain when nobody could be judged. */
const ending = ({ state, participants }: RoundFacts, judgements: readonly Judgement[]): RoundState[] => {
  const outcomes = [...participants, ...judgements].map(({ outcome }) => outcome);
  const isJudged = outcomes.some((outcome) => outcome === 'PASSED' || outcome === 'FAILED');
  if (!isJudged) return ['ABORTED'];
  return state === 'STARTED' ? ['PRECOMMITTING', 'ENDED'] : ['ENDED'];
};

const whyAborted = (judgements: readonly Judgement[]): string =>
  judgements[0]?.reason.message ?? 'every participant was excused';

/** Tasks that the queue does not have yet; what a participant has beside its own comes with it, and is asked for once. */
const toBeEnqueued = (participants: readonly ParticipantFacts[]): string[] =>
  participants.flatMap((participant) => [
    ...(participant.isEnqueued ? [] : [participant.taskId]),
    ...idsOf(participant.companions.filter((one) => !one.isEnqueued && !one.hasEnded)),
  ]);

/** Tasks of judged participants that the queue may still have. */
export const leftOf = ({ participants }: RoundFacts, judgements: readonly Judgement[]): string[] => {
  const judged = new Set(idsOf(judgements));
  return participants
    .filter(({ taskId }) => judged.has(taskId))
    .flatMap(({ taskId, committedAt, companions }) => [
      ...(committedAt ? [] : [taskId]),
      ...idsOf(companions.filter(({ isEnqueued, hasEnded }) => isEnqueued && !hasEnded)),
    ]);
};

const idsOf = (tasks: readonly { taskId: string }[]): string[] => tasks.map(({ taskId }) => taskId);
