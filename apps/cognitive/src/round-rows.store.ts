import { digestJson } from '@ganglion/commitment';
import {
  type Challenge,
  type ChallengeKind,
  cognitive,
  type FrozenRequest,
  type OutputOf,
  type Reason,
  type RequestShape,
  type Verdict,
  type WorkSpan,
} from '@ganglion/contracts';
import type { Prisma } from '@ganglion/database/cognitive';
import { concurrencyOf } from './concurrency.js';
import type { ParticipantFacts, RoundFacts } from './round-facts.js';

export type RoundRow = Prisma.RoundGetPayload<{
  include: { participants: true; companions: true; submissions: true; turns: true };
}>;
type ParticipantRow = RoundRow['participants'][number];
type RoundView = OutputOf<typeof cognitive.get>;

/** Everything of a round, for one query. */
export const whole = {
  participants: true,
  companions: true,
  submissions: true,
  turns: true,
} satisfies Prisma.RoundInclude;

/** When a participant handed in each phase that was accepted. */
const handedIn = ({ submissions }: RoundRow, nodeId: string): Map<string, Date> =>
  new Map(
    submissions
      .filter(({ author, accepted }) => author === nodeId && accepted)
      .map(({ phase, at }) => [phase as string, at]),
  );

/** What a participant has beside its own task. */
const companionsOf = ({ companions }: RoundRow, nodeId: string): RoundRow['companions'] =>
  companions.filter((companion) => companion.nodeId === nodeId);

/** The rows as the facts that decisions rest on. */
export const factsOf = (
  row: RoundRow,
  { nobodyFor = null, words = new Map() }: Partial<Pick<RoundFacts, 'nobodyFor' | 'words'>> = {},
): RoundFacts => ({
  roundId: row.id,
  state: row.state,
  deadlineAt: row.deadlineAt,
  challenge: row.challenge as Challenge,
  requestDigest: digestJson(row.request),
  reference: row.isByNodes ? row.reference : null,
  nobodyFor,
  words,
  turns: row.turns.map(({ id, nodeId, role, state, dueAt, reference }) => ({
    turnId: id,
    nodeId,
    role: roleOf[role],
    state,
    dueAt,
    reference,
  })),
  participants: row.participants.map((participant): ParticipantFacts => {
    const handed = handedIn(row, participant.nodeId);
    return {
      taskId: participant.taskId,
      nodeId: participant.nodeId,
      outcome: participant.outcome,
      isServing: participant.serving,
      isEnqueued: participant.enqueuedAt !== null,
      hasStarted: handed.has('START'),
      hasPrecommitted: handed.has('PRECOMMIT'),
      isRevealing: participant.revealedAt !== null,
      committedAt: handed.get('COMMIT') ?? null,
      correct: participant.correct,
      answer: participant.answer,
      isTimed: participant.measured !== null,
      companions: companionsOf(row, participant.nodeId).map(({ taskId, enqueuedAt, endedAt, span }) => ({
        taskId,
        isEnqueued: enqueuedAt !== null,
        hasEnded: endedAt !== null,
        isTimed: span !== null,
      })),
    };
  }),
});

/** Of the request that nodes make; null where the oracle's challenge was meant from the start. */
export const shapeOf = (row: RoundRow): RequestShape | null => row.shape as RequestShape | null;

export const roleOf = { CREATOR: 'creator', PREPARER: 'preparer' } as const;
const outcomeOf = { PASSED: 'passed', FAILED: 'failed', EXCUSED: 'excused' } as const;

/** The turns that are over, in the order of their endings; creators before preparers. */
const endingsOf = ({ turns }: RoundRow): NonNullable<RoundView['roles']> =>
  turns
    .flatMap(({ nodeId, role, state, reason, endedAt }) =>
      endedAt && (state === 'PASSED' || state === 'FAILED' || state === 'EXCUSED')
        ? [{ nodeId, role: roleOf[role], outcome: outcomeOf[state], reason: reason as Reason, endedAt }]
        : [],
    )
    .sort((a, b) => a.endedAt.getTime() - b.endedAt.getTime() || a.role.localeCompare(b.role))
    .map(({ endedAt, ...ending }) => ({ ...ending, at: endedAt.toISOString() }));

/** The request every participant of a round runs. */
export const requestOf = (row: RoundRow): FrozenRequest => row.request as FrozenRequest;

/** All requests of the participant that has most. */
export const mostRequestsOf = (row: RoundRow): FrozenRequest[] => {
  const besides = row.participants.map(({ nodeId }) => companionsOf(row, nodeId));
  const most = besides.reduce((a, b) => (b.length > a.length ? b : a), []);
  return [requestOf(row), ...most.map(({ request }) => request as FrozenRequest)];
};

const unmeasured: Verdict['measured'] = { ttftMs: null, tokensPerSecond: null, durationMs: null };

/** The verdict on a participant that was judged; null for one that waits or was excused. */
export const verdictOf = (row: RoundRow, participant: ParticipantRow): Verdict | null => {
  const { outcome, judgedAt, nodeId, taskId, serving, promptTokens } = participant;
  if (outcome === 'PENDING' || outcome === 'EXCUSED' || !judgedAt) return null;
  const handed = handedIn(row, nodeId);
  const spans = [participant, ...companionsOf(row, nodeId)].map(({ span }) => span as WorkSpan | null);
  // It had other work meanwhile.
  const isShared = serving || spans.length > 1;
  return {
    roundId: row.id,
    nodeId,
    taskId,
    passed: outcome === 'PASSED',
    reason: participant.reason as Reason,
    phases: {
      start: handed.has('START'),
      precommit: handed.has('PRECOMMIT'),
      commit: handed.has('COMMIT'),
      correctness: participant.correct === true,
    },
    measured: (isShared ? null : (participant.measured as Verdict['measured'] | null)) ?? unmeasured,
    ...(promptTokens === null ? {} : { promptTokens }),
    ...(serving ? { serving } : {}),
    ...(spans.length > 1 ? { concurrency: concurrencyOf(spans) } : {}),
    at: judgedAt.toISOString(),
  };
};

export const viewOf = (row: RoundRow, history: RoundView['history']): RoundView => ({
  roundId: row.id,
  state: row.state,
  reason: row.reason as Reason | null,
  model: row.model,
  modelDigest: row.modelDigest,
  epoch: row.epoch,
  creator: row.creator,
  preparer: row.preparer,
  kind: row.kind as ChallengeKind,
  determinismClass: row.isByNodes ? row.determinismClass : null,
  roles: endingsOf(row),
  participants: row.participants.map(({ nodeId }) => nodeId),
  verdicts: row.participants.map((p) => verdictOf(row, p)).filter((verdict) => verdict !== null),
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  history,
});
