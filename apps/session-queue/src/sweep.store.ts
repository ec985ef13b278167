import { type Reason, sessionQueue } from '@ganglion/contracts';
import { hearOnce } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { liveAttemptStates } from './attempt.lifecycle.js';
import { endAssignment, endAttempt } from './attempt-end.store.js';
import type { LiveAttempt } from './commit.store.js';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { laneOf, TEST_SLOT } from './lane.js';
import { mayBeOffered } from './replicas.store.js';
import { openReveal } from './reveal-turn.store.js';
import { afterFall, type EndedTask, endTask, type Fate, liveAttempts } from './task-end.store.js';
import { lockTask } from './task-lock.store.js';

const OPEN = ['QUEUED', 'DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING'] as const;
/** A sweep takes this many rows at a time, so that it never holds a replica for long. */
const BATCH = 200;

/** Finds what is overdue. Every change is a compare-and-set, so two replicas' sweeps do not collide. */
@Injectable()
export class SweepStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /** Where there may be something to do: most sweeps find nothing, so they cost one statement. */
  async due(): Promise<Due> {
    const rows = await this.database.client.$queryRawUnsafe<Due[]>(
      `SELECT EXISTS (SELECT 1 FROM "Task" WHERE state IN ('QUEUED', 'DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING', 'CANCELLING')
          AND (least("expiresAt", "revealBy", "cancelBy") <= $1)) AS tasks,
        EXISTS (SELECT 1 FROM "Attempt" WHERE state IN ('OFFERED', 'ACKED', 'STREAMING', 'PRECOMMITTED', 'COMMITTED')
          AND "dueAt" <= $1) AS attempts,
        EXISTS (SELECT 1 FROM "Attempt" WHERE state = 'PRECOMMITTED') AS reveals,
        EXISTS (SELECT 1 FROM "Task" t WHERE ${mayBeOffered} AND t."nextOfferAt" <= $1) AS waiting`,
      this.clock.now(),
    );
    return rows[0]!;
  }

  /** Ends tasks whose deadline passed, and cancelled ones whose miner did not commit in time. */
  async endOverdue(): Promise<EndedTask[]> {
    const at = this.clock.now();
    const rows = await this.database.client.task.findMany({ where: overdue(at), take: BATCH });
    const ended: EndedTask[] = [];
    for (const { id: taskId, reason, ...row } of rows) {
      const why: Reason =
        row.state === 'CANCELLING'
          ? ((reason as Reason | null) ?? { code: 'cancelled', message: 'cancelled by the client' })
          : { code: 'expired', message: 'the task was not answered by its deadline' };
      const fate = await this.database.transaction(async (tx) => {
        const task = await lockTask(tx, taskId);
        return task.state === row.state ? endTask(tx, task, { why, at, to: 'EXPIRED' }) : null;
      });
      if (fate) ended.push({ taskId, lane: laneOf(row), fate });
    }
    if (ended.length > 0) this.outbox.wake();
    return ended;
  }

  /** Tasks whose primary has precommitted, and whose replicas took too long: what there is may be revealed. */
  async closePrecommits(): Promise<EndedTask[]> {
    const at = this.clock.now();
    const rows = await this.database.client.task.findMany({
      where: { state: { in: ['DISPATCHED', 'STREAMING'] }, revealBy: { lte: at } },
      take: BATCH,
    });
    const reason: Reason = { code: 'replica_late', message: 'it did not precommit with the others' };
    const closed: EndedTask[] = [];
    for (const { id: taskId, ...row } of rows) {
      const withdrawn = await this.database.transaction(async (tx) => {
        const task = await lockTask(tx, taskId);
        if (task.revealBy === null || task.revealBy > at) return [];
        const live = await liveAttempts(tx, taskId);
        const late = live.filter(({ state }) => state !== 'PRECOMMITTED');
        if (late.length === live.length) return [];
        for (const attempt of late) await endAttempt(tx, { attempt, to: 'CANCELLED', reason, at });
        await openReveal(tx, task, at);
        return late;
      });
      closed.push({ taskId, lane: laneOf(row), fate: { state: 'RUNNING', reason, withdrawn } });
    }
    return closed;
  }

  /** Attempts whose reveal was asked for, or should have been, and has not come. */
  async unrevealed(askedBefore: Date): Promise<LiveAttempt[]> {
    const rows = await this.database.client.attempt.findMany({
      where: {
        state: 'PRECOMMITTED',
        precommittedAt: { lte: askedBefore },
        OR: [{ revealAskedAt: null }, { revealAskedAt: { lte: askedBefore } }],
        task: { state: { in: ['REVEALING', 'CANCELLING'] } },
      },
      include: { task: true },
      take: BATCH,
    });
    return rows as unknown as LiveAttempt[];
  }

  /** An attempt's miner is gone, or stalled. Null when it had ended before. */
  async lose(
    found: LiveAttempt,
    reason: Reason,
    { isShown }: { isShown: boolean },
  ): Promise<EndedTask | null> {
    const { taskId, attempt, nodeId } = found;
    const { sessionId, nodeId: named } = found.task.submitted;
    const at = this.clock.now();
    const lost = await this.database.transaction(async (tx) => {
      const task = await lockTask(tx, taskId);
      const isEnded = await endAttempt(tx, {
        attempt: found,
        to: 'LOST',
        reason,
        at,
        says: {
          event: sessionQueue.attemptLost,
          payload: { taskId, attempt, nodeId, sessionId, at: at.toISOString(), reason },
        },
      });
      if (!isEnded) return null;
      const why = { code: 'miner_lost', message: `the miner was lost: ${reason.message}` };
      return afterFall(tx, task, { isShown: isShown || named !== null, why, at });
    });
    this.outbox.wake();
    return lost && toEnded(found, lost);
  }

  /** Takes an attempt back without blame: its offer was never settled, or nobody came for what it holds. */
  async withdraw(
    found: LiveAttempt,
    reason: Reason,
    { isShown }: { isShown: boolean },
  ): Promise<EndedTask | null> {
    const at = this.clock.now();
    const fate = await this.database.transaction(async (tx) => {
      const task = await lockTask(tx, found.taskId);
      if (!(await endAttempt(tx, { attempt: found, to: 'CANCELLED', reason, at }))) return null;
      return afterFall(tx, task, { isShown: isShown || task.nodeId !== null, why: reason, at });
    });
    this.outbox.wake();
    return fate && toEnded(found, fate);
  }

  /** What a node that left was still at. The event may come late, when the node works again: only what it left counts. */
  async leftBy({ nodeId, sessionId, at }: Gone): Promise<LiveAttempt[]> {
    const rows = await this.database.client.attempt.findMany({
      where: {
        nodeId,
        // What has been revealed needs its miner no more.
        state: { in: liveAttemptStates.filter((state) => state !== 'COMMITTED') },
        OR: [
          ...(sessionId === null ? [] : [{ task: { sessionId } }]),
          { task: { nodeId }, offeredAt: { lte: new Date(at) } },
        ],
      },
      include: { task: true },
    });
    return rows as unknown as LiveAttempt[];
  }

  /** A node left for good or for a while: its assignment ends, its test lane is free. */
  async nodeGone({ nodeId, sessionId }: Gone, eventId: string, reason: Reason): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, eventId, at))) return;
      // Slots before assignments, as where attempts end.
      await tx.$queryRaw`SELECT 1 FROM "Slot" WHERE "nodeId" = ${nodeId} FOR UPDATE`;
      const assignment = await tx.assignment.findUnique({ where: { activeNodeId: nodeId } });
      if (assignment?.sessionId === sessionId) await endAssignment(tx, { assignment, reason, at });
      const live = await tx.attempt.findMany({ where: { nodeId, state: { in: [...liveAttemptStates] } } });
      await tx.slot.updateMany({
        where: { nodeId, index: { lte: TEST_SLOT }, attemptId: { notIn: live.map(({ id }) => id) } },
        data: { attemptId: null, expectedTokens: 0 },
      });
    });
    this.outbox.wake();
  }
}

/** Kinds of things of which some may be overdue. */
export interface Due {
  readonly tasks: boolean;
  readonly attempts: boolean;
  readonly reveals: boolean;
  readonly waiting: boolean;
}

/** What node-pool says of a node that left: the session it was in, and when. */
export interface Gone {
  readonly nodeId: string;
  readonly sessionId: string | null;
  readonly at: string;
}

const overdue = (at: Date) => ({
  OR: [
    { state: { in: [...OPEN] }, expiresAt: { lte: at } },
    { state: 'CANCELLING' as const, cancelBy: { lte: at } },
  ],
});

const toEnded = ({ taskId, nodeId, attempt, task }: LiveAttempt, fate: Fate): EndedTask => {
  const withdrawn = [{ nodeId, attempt }, ...fate.withdrawn];
  return { taskId, lane: laneOf(task.submitted), fate: { ...fate, withdrawn } };
};
