import { type Reason, sessionQueue, type TaskSubmitted } from '@ganglion/contracts';
import { born, move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle } from './attempt.lifecycle.js';
import { endAttempt } from './attempt-end.store.js';
import { QueueDatabase, QueueOutbox, type Tx } from './database.store.js';
import { type Lane, TEST_SLOT } from './lane.js';
import { taskLifecycle } from './task.lifecycle.js';

/** An attempt that was written and holds a slot: now the miner must be asked. */
export interface Claim {
  readonly attemptId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly submitted: TaskSubmitted;
  readonly requestDigest: string;
}

/** An offer not settled after this was made by a replica that died. */
const OFFER_DUE_MS = 3_000;
/** A node that refused a task within this time is asked again for it only if no other can be. */
const REFUSED_FOR_MS = 2_000;
/** A miner that took a task and shows nothing for this long is stalled. */
const STALL_MS = 60_000;

interface Candidate {
  id: string;
  submitted: TaskSubmitted;
  requestDigest: string;
  expectedTokens: number;
}

/** Writes who tries what: Task, Attempt and Slot in one transaction. */
@Injectable()
export class DispatchStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /** Takes the next task of a lane and a free slot for it. Says what is missing when there is none. */
  async claim(lane: Lane): Promise<Claim | 'no-task' | 'no-slot'> {
    return this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const task = await this.nextTask(tx, lane, at);
      if (!task) return 'no-task';
      const slot = await this.freeSlot(tx, lane, { taskId: task.id, at });
      if (!slot) return 'no-slot';
      return this.write(tx, { task, slot, at });
    });
  }

  /** The longest-waiting task of the owner with the least in flight: fairness between keys. */
  private async nextTask(tx: Tx, lane: Lane, at: Date): Promise<Candidate | undefined> {
    const select = 'SELECT t.id, t.submitted, t."requestDigest", t."expectedTokens" FROM "Task" t';
    const due = `t.state = 'QUEUED' AND t."nextOfferAt" <= $2`;
    const running = `(SELECT count(*) FROM "Task" r WHERE r."sessionId" = t."sessionId" AND r.owner IS NOT DISTINCT FROM t.owner
      AND r.state IN ('DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING', 'CANCELLING'))`;
    const sql =
      'sessionId' in lane
        ? `${select} WHERE ${due} AND t."sessionId" = $1::uuid ORDER BY ${running}, t."submittedAt", t.id`
        : `${select} WHERE ${due} AND t."nodeId" = $1 ORDER BY t."submittedAt", t.id`;
    const key = 'sessionId' in lane ? lane.sessionId : lane.nodeId;
    const rows = await tx.$queryRawUnsafe<Candidate[]>(`${sql} LIMIT 1 FOR UPDATE OF t SKIP LOCKED`, key, at);
    return rows[0];
  }

  /** Nodes that did not just refuse this task first; among them, least outstanding tokens ÷ speed. */
  private async freeSlot(
    tx: Tx,
    lane: Lane,
    { taskId, at }: { taskId: string; at: Date },
  ): Promise<{ nodeId: string; index: number } | undefined> {
    if ('nodeId' in lane) {
      const rows = await tx.$queryRaw<{ nodeId: string; index: number }[]>`
        SELECT "nodeId", index FROM "Slot"
        WHERE "nodeId" = ${lane.nodeId} AND index = ${TEST_SLOT} AND "attemptId" IS NULL FOR UPDATE SKIP LOCKED`;
      return rows[0];
    }
    const since = new Date(at.getTime() - REFUSED_FOR_MS);
    const rows = await tx.$queryRaw<{ nodeId: string; index: number }[]>`
      SELECT s."nodeId", s.index FROM "Slot" s JOIN "Assignment" a ON a."activeNodeId" = s."nodeId"
      WHERE a."sessionId" = ${lane.sessionId}::uuid AND a.state = 'ACTIVE' AND s.index <> ${TEST_SLOT} AND s."attemptId" IS NULL
      ORDER BY EXISTS (SELECT 1 FROM "Attempt" x WHERE x."taskId" = ${taskId}::uuid AND x."nodeId" = s."nodeId" AND x."endedAt" > ${since}),
        (SELECT coalesce(sum(b."expectedTokens"), 0) FROM "Slot" b WHERE b."nodeId" = s."nodeId") / a."tokensPerSecond", random()
      LIMIT 1 FOR UPDATE OF s SKIP LOCKED`;
    return rows[0];
  }

  private async write(
    tx: Tx,
    { task, slot, at }: { task: Candidate; slot: { nodeId: string; index: number }; at: Date },
  ): Promise<Claim> {
    const attempt = 1 + (await tx.attempt.count({ where: { taskId: task.id } }));
    const row = await tx.attempt.create({
      data: {
        taskId: task.id,
        attempt,
        nodeId: slot.nodeId,
        state: attemptLifecycle.initial,
        offeredAt: at,
        dueAt: new Date(at.getTime() + OFFER_DUE_MS),
      },
    });
    await born(tx, attemptLifecycle, { id: row.id, at });
    await tx.slot.update({
      where: { nodeId_index: slot },
      data: { attemptId: row.id, expectedTokens: task.expectedTokens },
    });
    await move(tx, taskLifecycle, { delegate: tx.task, id: task.id, from: 'QUEUED', to: 'DISPATCHED', at });
    return {
      attemptId: row.id,
      attempt,
      nodeId: slot.nodeId,
      submitted: task.submitted,
      requestDigest: task.requestDigest,
    };
  }

  /** The miner took it. False when the attempt has ended, or gone on, meanwhile. */
  async acked({ attemptId }: Claim): Promise<boolean> {
    const at = this.clock.now();
    const dueAt = new Date(at.getTime() + STALL_MS);
    return this.database.transaction(async (tx) => {
      const row = await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id: attemptId,
        from: 'OFFERED',
        to: 'ACKED',
        at,
        data: { dueAt },
      });
      return row !== null;
    });
  }

  /** The miner did not take it: the task waits again, or fails when the fault is its own. */
  async refused(
    claim: Claim,
    reason: Reason,
    fate: { retryAfterMs: number } | { fail: Reason },
  ): Promise<boolean> {
    const { attemptId, submitted, nodeId, attempt } = claim;
    const at = this.clock.now();
    const isDone = await this.database.transaction(async (tx) => {
      const isEnded = await endAttempt(tx, {
        attempt: { id: attemptId, nodeId },
        to: 'REFUSED',
        reason,
        at,
        says: {
          event: sessionQueue.attemptRefused,
          payload: {
            taskId: submitted.taskId,
            attempt,
            nodeId,
            sessionId: submitted.sessionId,
            at: at.toISOString(),
            reason,
          },
        },
      });
      if (!isEnded) return false;
      if ('fail' in fate) await this.fail(tx, submitted, { reason: fate.fail, at });
      else {
        await move(tx, taskLifecycle, {
          delegate: tx.task,
          id: submitted.taskId,
          from: 'DISPATCHED',
          to: 'QUEUED',
          at,
          reason,
          data: { nextOfferAt: new Date(at.getTime() + fate.retryAfterMs) },
        });
      }
      return true;
    });
    this.outbox.wake();
    return isDone;
  }

  private async fail(
    tx: Tx,
    submitted: TaskSubmitted,
    { reason, at }: { reason: Reason; at: Date },
  ): Promise<void> {
    const { taskId, sessionId, owner } = submitted;
    await move(tx, taskLifecycle, {
      delegate: tx.task,
      id: taskId,
      from: 'DISPATCHED',
      to: 'FAILED',
      at,
      reason,
      data: { endedAt: at, reason },
      says: {
        event: sessionQueue.taskFailed,
        payload: () => ({
          taskId,
          sessionId,
          owner,
          state: 'FAILED' as const,
          reason,
          at: at.toISOString(),
          promptTokens: 0,
          completionTokens: 0,
        }),
      },
    });
  }

  /** How often a task was refused already. */
  async refusals(taskId: string): Promise<number> {
    return this.database.client.attempt.count({ where: { taskId, state: 'REFUSED' } });
  }

  /** The first frame was heard. */
  async firstFrame(claim: Claim): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      const row = await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id: claim.attemptId,
        from: ['OFFERED', 'ACKED'],
        to: 'STREAMING',
        through: ['ACKED'],
        at,
        data: { firstFrameAt: at, dueAt: new Date(at.getTime() + STALL_MS) },
      });
      if (row)
        await move(tx, taskLifecycle, {
          delegate: tx.task,
          id: claim.submitted.taskId,
          from: 'DISPATCHED',
          to: 'STREAMING',
          at,
        });
    });
  }
}
