import {
  type AuditOutcome,
  type AuditState,
  cognitive,
  type Event,
  type EventView,
  nodePool,
  type PayloadOf,
  reason,
  reputation,
  session,
  sessionQueue,
} from '@ganglion/contracts';

/** What an event is about, and which state was entered; null for a fact that moved nothing. */
interface Meaning {
  readonly entity: string;
  readonly id: (payload: never) => string;
  readonly to: (payload: never) => string | null;
}

/** An event as it came. */
export interface Overheard {
  /** A UUID: of its row in its module's outbox. */
  readonly id: string;
  readonly event: Event;
  readonly payload: unknown;
  /** Epoch ms. */
  readonly heardAt: number;
}

const about = <E extends Event>(
  { subject }: E,
  entity: string,
  id: (payload: PayloadOf<E>) => string,
  to: (payload: PayloadOf<E>) => string | null = () => null,
): [string, Meaning] => [subject, { entity, id, to }];

const ofAttempt =
  (to: string) =>
  <E extends Event>(event: E): [string, Meaning] =>
    about(
      event,
      'attempt',
      (payload) => attemptId(payload as { taskId: string; attempt: number }),
      () => to,
    );

/** An attempt goes by its task and number where no row's id is said. */
const attemptId = ({ taskId, attempt }: { taskId: string; attempt: number }): string =>
  `${taskId}/${attempt}`;

const auditStates: Readonly<Record<AuditOutcome, AuditState>> = {
  passed: 'PASSED',
  failed: 'FAILED',
  undecided: 'UNDECIDED',
  unverifiable: 'UNVERIFIABLE',
};

const nodeEvents = [
  nodePool.nodeRegistered,
  nodePool.nodeTesting,
  nodePool.nodeEphemeral,
  nodePool.nodeReserved,
  nodePool.nodeQuarantined,
  nodePool.nodeOffline,
  nodePool.nodeDraining,
  nodePool.nodeRetired,
];

/** By subject, of every event of the catalog. */
const meanings: ReadonlyMap<string, Meaning> = new Map([
  about(session.taskSubmitted, 'task', ({ taskId }) => taskId),
  about(
    session.sessionChanged,
    'session',
    ({ sessionId }) => sessionId,
    ({ state }) => state,
  ),
  about(session.keyRevoked, 'api-key', ({ keyId }) => keyId),
  about(session.keyChanged, 'api-key', ({ keyId }) => keyId),
  about(
    sessionQueue.taskFinalised,
    'task',
    ({ taskId }) => taskId,
    () => 'FINALISED',
  ),
  about(
    sessionQueue.taskFailed,
    'task',
    ({ taskId }) => taskId,
    ({ state }) => state,
  ),
  about(
    sessionQueue.taskCancelled,
    'task',
    ({ taskId }) => taskId,
    () => 'CANCELLED',
  ),
  ofAttempt('PRECOMMITTED')(sessionQueue.taskPrecommitted),
  ofAttempt('ACCEPTED')(sessionQueue.attemptAccepted),
  ofAttempt('REFUSED')(sessionQueue.attemptRefused),
  ofAttempt('REJECTED')(sessionQueue.attemptRejected),
  ofAttempt('LOST')(sessionQueue.attemptLost),
  about(sessionQueue.nodeMisbehaved, 'node', ({ nodeId }) => nodeId),
  about(
    sessionQueue.assignmentEnded,
    'assignment',
    ({ sessionId, nodeId }) => `${sessionId}/${nodeId}`,
    () => 'ENDED',
  ),
  about(sessionQueue.starved, 'session', ({ sessionId }) => sessionId),
  ...nodeEvents.map((event) =>
    about(
      event,
      'node',
      ({ nodeId }) => nodeId,
      ({ state }) => state,
    ),
  ),
  about(nodePool.modelRegistered, 'model', ({ digest }) => digest),
  about(cognitive.verdictGiven, 'participant', ({ taskId }) => taskId),
  about(cognitive.nodeProbed, 'node', ({ nodeId }) => nodeId),
  about(cognitive.roleEnded, 'role', ({ roundId, nodeId }) => `${roundId}/${nodeId}`),
  about(
    cognitive.roundEnded,
    'round',
    ({ roundId }) => roundId,
    ({ state }) => state,
  ),
  about(cognitive.epochOpened, 'epoch', ({ epoch }) => String(epoch)),
  about(cognitive.epochClosed, 'epoch', ({ epoch }) => String(epoch)),
  about(cognitive.verifierOutvoted, 'audit', ({ auditId }) => auditId),
  about(
    cognitive.auditEnded,
    'audit',
    ({ auditId }) => auditId,
    ({ outcome }) => auditStates[outcome],
  ),
  about(reputation.scoreChanged, 'score', ({ nodeId }) => nodeId),
]);

/**
 * An event as operators see it: named as in its module's history, where the event says so much. The state that was left
 * is not said by any event.
 */
export const viewOfEvent = ({ id, event, payload, heardAt }: Overheard): EventView => {
  const meaning = meanings.get(event.subject);
  if (!meaning) throw new Error(`event-view.ts does not say what ${event.subject} is about: add it there`);
  const said = payload as { at?: string; submittedAt?: string; reason?: unknown; reasons?: unknown[] };
  return {
    id,
    module: event.module,
    entity: meaning.entity,
    entityId: meaning.id(payload as never),
    from: null,
    to: meaning.to(payload as never),
    reason: reason.safeParse(said.reason ?? said.reasons?.[0]).data ?? null,
    at: said.at ?? said.submittedAt ?? new Date(heardAt).toISOString(),
    subject: event.subject,
  };
};
