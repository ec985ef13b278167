import { type Reason, sessionQueue } from '@ganglion/contracts';
import { hearOnce, move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { liveAttemptStates } from './attempt.lifecycle.js';
import { endAssignment, endAttempt } from './attempt-end.store.js';
import type { LiveAttempt } from './commit.store.js';
import { QueueDatabase, QueueOutbox, type Tx } from './database.store.js';
import { type Lane, TEST_SLOT } from './lane.js';
import { endOrRequeue } from './task-end.store.js';
import { taskLifecycle } from './task.lifecycle.js';

export interface EndedTask {
  readonly taskId: string;
  readonly state: 'QUEUED' | 'FAILED' | 'EXPIRED' | 'CANCELLED';
  readonly lane: Lane;
  readonly reason: Reason;
  readonly attempts: readonly { nodeId: string; attempt: number }[];
}

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

  async liveAttempts(taskId: string): Promise<{ id: string; nodeId: string; attempt: number }[]> {
    return this.database.client.attempt.findMany({
      where: { taskId, state: { in: [...liveAttemptStates] } },
    });
  }

  /** Ends tasks whose deadline passed, and cancelled ones whose miner did not commit in time. */
  async endOverdue(): Promise<EndedTask[]> {
    const at = this.clock.now();
    const rows = await this.database.client.task.findMany({
      where: {
        OR: [
          { state: { in: [...OPEN] }, expiresAt: { lte: at } },
          { state: 'CANCELLING', cancelBy: { lte: at } },
        ],
      },
      take: BATCH,
    });
    const ended: EndedTask[] = [];
    for (const row of rows) {
      const attempts = await this.liveAttempts(row.id);
      const done = await this.database.transaction((tx) => this.endOne(tx, { row, attempts, at }));
      if (done) ended.push({ taskId: row.id, attempts, ...done, lane: toLane(row) });
    }
    if (ended.length > 0) this.outbox.wake();
    return ended;
  }

  private async endOne(
    tx: Tx,
    { row, attempts, at }: { row: OverdueTask; attempts: { id: string; nodeId: string }[]; at: Date },
  ): Promise<Pick<EndedTask, 'state' | 'reason'> | null> {
    const isCancelling = row.state === 'CANCELLING';
    const reason: Reason = isCancelling
      ? ((row.reason as Reason | null) ?? { code: 'cancelled', message: 'cancelled by the client' })
      : { code: 'expired', message: 'the task was not answered by its deadline' };
    const ended = {
      taskId: row.id,
      sessionId: row.sessionId,
      owner: row.owner,
      at: at.toISOString(),
      promptTokens: 0,
      completionTokens: 0,
      reason,
    };
    const common = { delegate: tx.task, id: row.id, at, reason, data: { endedAt: at, reason } };
    const moved = isCancelling
      ? await move(tx, taskLifecycle, {
          ...common,
          from: 'CANCELLING',
          to: 'CANCELLED',
          says: { event: sessionQueue.taskCancelled, payload: () => ended },
        })
      : await move(tx, taskLifecycle, {
          ...common,
          from: OPEN,
          to: 'EXPIRED',
          says: { event: sessionQueue.taskFailed, payload: () => ({ ...ended, state: 'EXPIRED' as const }) },
        });
    if (!moved) return null;
    for (const attempt of attempts) await endAttempt(tx, { attempt, to: 'CANCELLED', reason, at });
    return { state: isCancelling ? 'CANCELLED' : 'EXPIRED', reason };
  }

  /** Live attempts whose time is over, by what they are late with. */
  async overdueAttempts(): Promise<LiveAttempt[]> {
    const rows = await this.database.client.attempt.findMany({
      where: { state: { in: [...liveAttemptStates] }, dueAt: { lte: this.clock.now() } },
      include: { task: true },
      take: BATCH,
    });
    return rows as unknown as LiveAttempt[];
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

  /** An attempt's miner is gone, or never settled the offer. Null when it had ended before. */
  async lose(found: Pick<LiveAttempt, 'id' | 'taskId'>, reason: Reason): Promise<EndedTask | null> {
    const at = this.clock.now();
    const lost = await this.database.transaction(async (tx) => {
      const attempt = await tx.attempt.findUniqueOrThrow({
        where: { id: found.id },
        include: { task: true },
      });
      const { task, nodeId, firstFrameAt } = attempt;
      const { sessionId, owner } = task;
      const isEnded = await endAttempt(tx, {
        attempt,
        to: 'LOST',
        reason,
        at,
        says: {
          event: sessionQueue.attemptLost,
          payload: {
            taskId: task.id,
            attempt: attempt.attempt,
            nodeId,
            sessionId,
            at: at.toISOString(),
            reason,
          },
        },
      });
      if (!isEnded) return null;
      const isShown = firstFrameAt !== null || task.nodeId !== null;
      const why = { code: 'miner_lost', message: `the miner was lost: ${reason.message}` };
      const state = await endOrRequeue(tx, { taskId: task.id, sessionId, owner }, { isShown, why, at });
      const attempts = [{ nodeId, attempt: attempt.attempt }];
      return state ? { taskId: task.id, state, lane: toLane(task), reason: why, attempts } : null;
    });
    this.outbox.wake();
    return lost;
  }

  /** Takes an attempt back without blame: its offer was never settled, or nobody came for what it holds. */
  async withdraw(found: LiveAttempt, reason: Reason): Promise<EndedTask | null> {
    const at = this.clock.now();
    const { id, taskId, nodeId, attempt } = found;
    return this.database.transaction(async (tx) => {
      if (!(await endAttempt(tx, { attempt: { id, nodeId }, to: 'CANCELLED', reason, at }))) return null;
      const { sessionId, owner, nodeId: named } = await tx.task.findUniqueOrThrow({ where: { id: taskId } });
      const isShown = found.firstFrameAt !== null || named !== null;
      const state = await endOrRequeue(tx, { taskId, sessionId, owner }, { isShown, why: reason, at });
      const lane = toLane({ sessionId, nodeId: named });
      return state ? { taskId, state, lane, reason, attempts: [{ nodeId, attempt }] } : null;
    });
  }

  /**
   * A node left for good or for a while: its attempts are lost, its assignment ends, its test lane is free. The event
   * may come late, when the node works again elsewhere: only what it left is touched.
   */
  async nodeGone(
    { nodeId, sessionId, at: goneAt }: Gone,
    eventId: string,
    reason: Reason,
  ): Promise<EndedTask[]> {
    const at = this.clock.now();
    const attempts = await this.database.client.attempt.findMany({
      where: {
        nodeId,
        state: { in: [...liveAttemptStates] },
        OR: [
          ...(sessionId === null ? [] : [{ task: { sessionId } }]),
          { task: { nodeId }, offeredAt: { lte: new Date(goneAt) } },
        ],
      },
    });
    const ended: EndedTask[] = [];
    for (const attempt of attempts) {
      const lost = await this.lose(attempt, reason);
      if (lost) ended.push(lost);
    }
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, eventId, at))) return;
      const assignment = await tx.assignment.findUnique({ where: { activeNodeId: nodeId } });
      if (assignment?.sessionId === sessionId) await endAssignment(tx, { assignment, reason, at });
      const live = await tx.attempt.findMany({ where: { nodeId, state: { in: [...liveAttemptStates] } } });
      await tx.slot.updateMany({
        where: { nodeId, index: TEST_SLOT, attemptId: { notIn: live.map(({ id }) => id) } },
        data: { attemptId: null, expectedTokens: 0 },
      });
    });
    this.outbox.wake();
    return ended;
  }
}

/** What node-pool says of a node that left: the session it was in, and when. */
export interface Gone {
  readonly nodeId: string;
  readonly sessionId: string | null;
  readonly at: string;
}

interface OverdueTask {
  id: string;
  state: string;
  sessionId: string | null;
  owner: string | null;
  reason: unknown;
}

const toLane = ({ sessionId, nodeId }: { sessionId: string | null; nodeId: string | null }): Lane =>
  nodeId === null ? { sessionId: sessionId! } : { nodeId };
