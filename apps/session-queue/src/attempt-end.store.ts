import {
  type AssignmentState,
  type AttemptState,
  type Event,
  type PayloadOf,
  type Reason,
  sessionQueue,
} from '@ganglion/contracts';
import { move } from '@ganglion/database';
import { Prisma } from '@ganglion/database/session-queue';
import { assignmentLifecycle } from './assignment.lifecycle.js';
import { attemptLifecycle, liveAttemptStates } from './attempt.lifecycle.js';
import type { Tx } from './database.store.js';

export interface AttemptEnd<E extends Event> {
  /** With its state when it was last read, if it was. */
  attempt: { id: string; nodeId: string; state?: string };
  to: Extract<AttemptState, 'ACCEPTED' | 'REFUSED' | 'REJECTED' | 'LOST' | 'CANCELLED'>;
  through?: readonly AttemptState[];
  reason: Reason | null;
  at: Date;
  data?: Record<string, unknown>;
  says?: { event: E; payload: PayloadOf<E> };
}

/**
 * Ends an attempt and frees its slot, in the caller's transaction. False when it had ended before. A LOST attempt
 * keeps its slot: only a re-test tells what the node can do now.
 */
export const endAttempt = async <E extends Event>(tx: Tx, end: AttemptEnd<E>): Promise<boolean> => {
  const { attempt, to, through = [], reason, at, says } = end;
  const row = await move(tx, attemptLifecycle, {
    delegate: tx.attempt,
    id: attempt.id,
    from: liveAttemptStates.filter((state) =>
      [...through, to].some((next) => attemptLifecycle.can(state, next)),
    ),
    to,
    through,
    ...(attempt.state ? { likely: attempt.state } : {}),
    at,
    reason,
    data: { endedAt: at, revealed: Prisma.DbNull, ...(reason ? { reason } : {}), ...end.data },
    ...(says ? { says: { event: says.event, payload: () => says.payload } } : {}),
  });
  if (!row) return false;
  if (to !== 'LOST') {
    await freeSlots(tx, attempt.id);
    // A cheat gets no further task of the session; what the pool does with its node comes as an event.
    if (to === 'REJECTED') await letGo(tx, attempt.nodeId, { reason: reason!, at });
    await settleAssignment(tx, attempt.nodeId, at);
  }
  return true;
};

/** What an attempt held is free for the next. */
export const freeSlots = (tx: Tx, attemptId: string) =>
  tx.slot.updateMany({ where: { attemptId }, data: { attemptId: null, expectedTokens: 0 } });

/** The node takes no new task of its session, and leaves it with its last running attempt. */
export const letGo = async (
  tx: Tx,
  nodeId: string,
  { reason, at }: { reason: Reason; at: Date },
): Promise<void> => {
  const assignment = await tx.assignment.findUnique({ where: { activeNodeId: nodeId } });
  if (assignment?.state !== 'ACTIVE') return;
  const { id } = assignment;
  const common = { delegate: tx.assignment, id, at, reason, data: { reason } };
  await move(tx, assignmentLifecycle, { ...common, from: 'ACTIVE', to: 'ENDING' });
};

/**
 * Notes that the node was busy until now. An ENDING assignment whose node runs nothing any more has ended. The row is
 * written, and so locked, before it is read: else the end of the last attempt and the release would each see the other
 * as not yet done, and the node would stay for ever.
 */
export const settleAssignment = async (tx: Tx, nodeId: string, at: Date): Promise<void> => {
  const [assignment] = await tx.$queryRaw<AssignedRow[]>`
    UPDATE "Assignment" SET "lastBusyAt" = ${at} WHERE "activeNodeId" = ${nodeId}
    RETURNING id, "nodeId", "sessionId", state, reason`;
  if (assignment?.state !== 'ENDING') return;
  const busy = await tx.attempt.count({
    where: { nodeId, state: { in: [...liveAttemptStates] }, task: { nodeId: null } },
  });
  if (busy > 0) return;
  await endAssignment(tx, { assignment, reason: assignment.reason!, at });
};

interface AssignedRow {
  readonly id: string;
  readonly nodeId: string;
  readonly sessionId: string;
  readonly state: AssignmentState;
  readonly reason: Reason | null;
}

/** The node leaves the session now; node-pool hears it and has it re-tested. */
export const endAssignment = async (
  tx: Tx,
  {
    assignment,
    reason,
    at,
  }: { assignment: { id: string; nodeId: string; sessionId: string }; reason: Reason; at: Date },
): Promise<void> => {
  const { id, nodeId, sessionId } = assignment;
  const row = await move(tx, assignmentLifecycle, {
    delegate: tx.assignment,
    id,
    from: ['ACTIVE', 'ENDING'],
    to: 'ENDED',
    at,
    reason,
    data: { activeNodeId: null, endedAt: at, reason },
    says: {
      event: sessionQueue.assignmentEnded,
      payload: () => ({ sessionId, nodeId, reason, at: at.toISOString() }),
    },
  });
  if (row) await tx.slot.deleteMany({ where: { nodeId, index: { gte: 0 } } });
};
