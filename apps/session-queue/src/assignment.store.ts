import { type InputOf, type OutputOf, type Reason, type sessionQueue } from '@ganglion/contracts';
import { born, hearOnce } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { assignmentLifecycle } from './assignment.lifecycle.js';
import { letGo, settleAssignment } from './attempt-end.store.js';
import { QueueDatabase, QueueOutbox, type Tx } from './database.store.js';
import { TEST_SLOT } from './lane.js';

type AssignedNode = InputOf<typeof sessionQueue.assign>['nodes'][number];
export type Load = OutputOf<typeof sessionQueue.load>['sessions'][number];

const RUNNING = ['DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING', 'CANCELLING'] as const;

/** Which nodes work for which session, and their slots. */
@Injectable()
export class AssignmentStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /** Gives nodes to a session; one that works for another session is left out. */
  async assign(sessionId: string, nodes: AssignedNode[]): Promise<string[]> {
    const at = this.clock.now();
    const assigned: string[] = [];
    for (const node of nodes) {
      const isAssigned = await this.database.transaction((tx) => this.assignOne(tx, sessionId, { node, at }));
      if (isAssigned) assigned.push(node.nodeId);
    }
    return assigned;
  }

  private async assignOne(
    tx: Tx,
    sessionId: string,
    { node, at }: { node: AssignedNode; at: Date },
  ): Promise<boolean> {
    const { nodeId, slots, determinismClass, tokensPerSecond } = node;
    const inserted = await tx.assignment.createManyAndReturn({
      data: [
        {
          sessionId,
          nodeId,
          activeNodeId: nodeId,
          state: assignmentLifecycle.initial,
          slots,
          determinismClass,
          tokensPerSecond,
          since: at,
          lastBusyAt: at,
        },
      ],
      skipDuplicates: true,
    });
    const row = inserted[0];
    if (!row) {
      const current = await tx.assignment.findUnique({ where: { activeNodeId: nodeId } });
      return current?.sessionId === sessionId && current.state === 'ACTIVE';
    }
    await born(tx, assignmentLifecycle, { id: row.id, at });
    // The node was re-tested since its last assignment: slots that lost attempts kept are free again.
    await tx.slot.deleteMany({ where: { nodeId, index: { gte: 0 } } });
    await tx.slot.createMany({ data: Array.from({ length: slots }, (_, index) => ({ nodeId, index })) });
    return true;
  }

  /** Nodes take no new task of the session, and leave it when they are idle. */
  async release(sessionId: string, nodeIds: string[] | null, reason: Reason): Promise<string[]> {
    const at = this.clock.now();
    const rows = await this.database.client.assignment.findMany({
      where: {
        sessionId,
        state: { in: ['ACTIVE', 'ENDING'] },
        ...(nodeIds ? { nodeId: { in: nodeIds } } : {}),
      },
    });
    for (const { nodeId } of rows) {
      await this.database.transaction(async (tx) => {
        await letGo(tx, nodeId, { reason, at });
        await settleAssignment(tx, nodeId, at);
      });
    }
    this.outbox.wake();
    return rows.map(({ nodeId }) => nodeId);
  }

  /**
   * The pool takes a node from its session: the node takes no new task, and leaves with its last running attempt. One that is
   * in its test was mostly brought there by the end of its assignment; but a session that got no answer when it assigned
   * it has given it back to the pool, not knowing that it was taken here.
   */
  async leave(
    { nodeId, sessionId, at }: { nodeId: string; sessionId: string | null; at: string },
    eventId: string,
    reason: Reason,
  ): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, eventId, now)) || sessionId === null) return;
      const current = await tx.assignment.findUnique({ where: { activeNodeId: nodeId } });
      // One that began after the event is of the next reservation.
      if (current?.sessionId !== sessionId || current.since >= new Date(at)) return;
      await letGo(tx, nodeId, { reason, at: now });
      await settleAssignment(tx, nodeId, now);
    });
    this.outbox.wake();
  }

  /** A tested node has no work left from before: its test lanes are free. */
  async freeTestSlot(nodeId: string, eventId: string): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, eventId, at))) return;
      await tx.slot.updateMany({
        where: { nodeId, index: { lte: TEST_SLOT }, attemptId: { not: null } },
        data: { attemptId: null, expectedTokens: 0 },
      });
    });
  }

  async load(sessionIds: string[]): Promise<Load[]> {
    const now = this.clock.ms();
    const [tasks, assignments, attempts] = await Promise.all([
      this.database.client.task.groupBy({
        by: ['sessionId', 'state'],
        where: { sessionId: { in: sessionIds }, state: { in: ['QUEUED', ...RUNNING] } },
        _count: true,
        _min: { submittedAt: true },
        _max: { redundancy: true },
      }),
      this.database.client.assignment.findMany({
        where: { sessionId: { in: sessionIds }, state: { in: ['ACTIVE', 'ENDING'] } },
      }),
      this.database.client.slot.groupBy({
        by: ['nodeId'],
        where: { attemptId: { not: null }, index: { gt: TEST_SLOT } },
        _count: true,
      }),
    ]);
    const inFlight = new Map(attempts.map(({ nodeId, _count }) => [nodeId, _count]));
    return sessionIds.map((sessionId) => {
      const mine = tasks.filter((group) => group.sessionId === sessionId);
      const queued = mine.find(({ state }) => state === 'QUEUED');
      return {
        sessionId,
        queued: queued?._count ?? 0,
        running: mine.filter(({ state }) => state !== 'QUEUED').reduce((sum, { _count }) => sum + _count, 0),
        oldestQueuedMs: queued?._min.submittedAt ? Math.max(0, now - queued._min.submittedAt.getTime()) : 0,
        redundancy: Math.max(0, ...mine.map(({ _max }) => _max.redundancy ?? 0)),
        nodes: assignments
          .filter((assignment) => assignment.sessionId === sessionId)
          .map(({ nodeId, since, tasksDone, lastBusyAt, state }) => ({
            nodeId,
            since: since.toISOString(),
            tasksDone,
            inFlight: inFlight.get(nodeId) ?? 0,
            idleMs: inFlight.has(nodeId) ? 0 : Math.max(0, now - lastBusyAt.getTime()),
            ending: state === 'ENDING',
          })),
      };
    });
  }
}
