import { type Reason, sessionQueue } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import type { Prisma } from '@ganglion/database/session-queue';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle } from './attempt.lifecycle.js';
import { endAttempt } from './attempt-end.store.js';
import type { LiveAttempt } from './commit.store.js';
import { QueueDatabase, QueueOutbox, type Tx } from './database.store.js';
import { endOrRequeue } from './task-end.store.js';
import { taskLifecycle } from './task.lifecycle.js';

export interface Accepted {
  result: Prisma.InputJsonValue;
  receipt: Record<string, unknown>;
  texts: string[];
  promptTokens: number;
  completionTokens: number;
}

/** Weight of the newest measurement in a node's speed. */
const SPEED_WEIGHT = 0.3;

/** The end of an attempt that was judged, and what it means for its task. */
@Injectable()
export class JudgementStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** The commitment holds: the task is final. Null when it had ended before. */
  async accept(found: LiveAttempt, accepted: Accepted): Promise<'FINALISED' | 'CANCELLED' | null> {
    const at = this.clock.now();
    const outcome = await this.database.transaction(async (tx) => {
      const state = await this.finalise(tx, found, { accepted, at });
      if (!state) return null;
      await this.endAccepted(tx, found, { accepted, at });
      return state;
    });
    this.outbox.wake();
    return outcome;
  }

  private async finalise(
    tx: Tx,
    { taskId, nodeId, task }: LiveAttempt,
    { accepted, at }: { accepted: Accepted; at: Date },
  ): Promise<'FINALISED' | 'CANCELLED' | null> {
    const { sessionId, owner } = task.submitted;
    const { promptTokens, completionTokens, texts, receipt, result } = accepted;
    const data = {
      endedAt: at,
      result,
      receipt: receipt as Prisma.InputJsonObject,
      promptTokens,
      completionTokens,
    };
    const ended = { taskId, sessionId, owner, at: at.toISOString(), promptTokens, completionTokens };
    const finalised = await move(tx, taskLifecycle, {
      delegate: tx.task,
      id: taskId,
      from: 'REVEALING',
      to: 'FINALISED',
      at,
      data,
      says: {
        event: sessionQueue.taskFinalised,
        payload: () => ({ ...ended, nodeIds: [nodeId], receipt, texts }),
      },
    });
    if (finalised) return 'FINALISED';
    // What it was called off for stays its reason, whatever was still committed.
    const called = await tx.task.findFirst({ where: { id: taskId, state: 'CANCELLING' } });
    const reason = (called?.reason as Reason | null | undefined) ?? {
      code: 'cancelled',
      message: 'cancelled by the client; what was made until then is committed',
    };
    const cancelled = await move(tx, taskLifecycle, {
      delegate: tx.task,
      id: taskId,
      from: 'CANCELLING',
      to: 'CANCELLED',
      at,
      reason,
      data: { ...data, reason },
      says: { event: sessionQueue.taskCancelled, payload: () => ({ ...ended, reason }) },
    });
    return cancelled ? 'CANCELLED' : null;
  }

  private async endAccepted(
    tx: Tx,
    { id, taskId, attempt, nodeId, offeredAt, firstFrameAt, task }: LiveAttempt,
    { accepted, at }: { accepted: Accepted; at: Date },
  ): Promise<void> {
    const { completionTokens } = accepted;
    const durationMs = Math.max(1, at.getTime() - offeredAt.getTime());
    const ttftMs = firstFrameAt ? firstFrameAt.getTime() - offeredAt.getTime() : null;
    await move(tx, attemptLifecycle, { delegate: tx.attempt, id, from: 'PRECOMMITTED', to: 'COMMITTED', at });
    await endAttempt(tx, {
      attempt: { id, nodeId },
      to: 'ACCEPTED',
      reason: null,
      at,
      data: { completionTokens },
      says: {
        event: sessionQueue.attemptAccepted,
        payload: {
          taskId,
          attempt,
          nodeId,
          sessionId: task.submitted.sessionId,
          at: at.toISOString(),
          ttftMs,
          durationMs,
          completionTokens,
        },
      },
    });
    await tx.commitPart.deleteMany({ where: { attemptId: id } });
    const speed = (completionTokens * 1_000) / durationMs;
    await tx.$executeRaw`UPDATE "Assignment" SET "tasksDone" = "tasksDone" + 1,
      "tokensPerSecond" = CASE WHEN ${completionTokens} >= 8 THEN "tokensPerSecond" * ${1 - SPEED_WEIGHT}::float8 + ${speed}::float8 * ${SPEED_WEIGHT}::float8
        ELSE "tokensPerSecond" END WHERE "activeNodeId" = ${nodeId}`;
  }

  /** The commitment does not hold. The task waits again if nothing of it was shown, and fails otherwise. */
  async reject(found: LiveAttempt, reason: Reason): Promise<'QUEUED' | 'FAILED' | 'CANCELLED' | null> {
    const at = this.clock.now();
    const { id, taskId, attempt, nodeId, firstFrameAt, task } = found;
    const { sessionId, owner } = task.submitted;
    const outcome = await this.database.transaction(async (tx) => {
      const isEnded = await endAttempt(tx, {
        attempt: { id, nodeId },
        to: 'REJECTED',
        reason,
        at,
        says: {
          event: sessionQueue.attemptRejected,
          payload: { taskId, attempt, nodeId, sessionId, at: at.toISOString(), reason },
        },
      });
      if (!isEnded) return null;
      const isShown = firstFrameAt !== null || task.submitted.nodeId !== null;
      const why = { code: 'answer_rejected', message: `the miner's answer was refused: ${reason.message}` };
      return endOrRequeue(tx, { taskId, sessionId, owner }, { isShown, why, at });
    });
    this.outbox.wake();
    return outcome;
  }
}
