import { type Reason, sessionQueue, type TaskSubmitted } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import type { Prisma } from '@ganglion/database/session-queue';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle } from './attempt.lifecycle.js';
import { endAttempt } from './attempt-end.store.js';
import { QueueDatabase, QueueOutbox, type Tx } from './database.store.js';
import { taskLifecycle } from './task.lifecycle.js';

/** A live attempt with what validation needs of its task. */
export interface LiveAttempt {
  readonly id: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly state: string;
  readonly precommit: string | null;
  readonly signature: string | null;
  readonly offeredAt: Date;
  readonly firstFrameAt: Date | null;
  readonly task: {
    readonly state: string;
    readonly holdReveal: boolean;
    readonly requestDigest: string;
    readonly submitted: TaskSubmitted;
  };
}

export interface Accepted {
  result: Prisma.InputJsonValue;
  receipt: Record<string, unknown>;
  texts: string[];
  promptTokens: number;
  completionTokens: number;
}

export interface Part {
  part: number;
  parts: number;
  digest: string;
  data: string;
}

/** Time a miner has for its reveal. */
const REVEAL_MS = 10_000;
/** Time a task may hold its reveal. */
const HOLD_MS = 30_000;
/** Weight of the newest measurement in a node's speed. */
const SPEED_WEIGHT = 0.3;

/** What miners bind themselves to, and what becomes of it. */
@Injectable()
export class CommitStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** The attempt of exactly this node, with its task; whatever its state. */
  async find(key: { taskId: string; attempt: number; nodeId: string }): Promise<LiveAttempt | null> {
    const row = await this.database.client.attempt.findFirst({ where: key, include: { task: true } });
    return row as LiveAttempt | null;
  }

  async findLast(taskId: string): Promise<LiveAttempt | null> {
    const row = await this.database.client.attempt.findFirst({
      where: { taskId },
      orderBy: { attempt: 'desc' },
      include: { task: true },
    });
    return row as LiveAttempt | null;
  }

  /** Keeps the hash. `reveal`: the queue should ask for the data now. Null when the attempt is no longer live. */
  async precommit(
    found: LiveAttempt,
    kept: { precommit: string; signature: string },
  ): Promise<'reveal' | 'hold' | null> {
    const at = this.clock.now();
    const { id, taskId, attempt, nodeId, task } = found;
    const outcome = await this.database.transaction(async (tx) => {
      const row = await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id,
        from: ['OFFERED', 'ACKED', 'STREAMING'],
        to: 'PRECOMMITTED',
        through: ['ACKED', 'STREAMING'],
        at,
        data: {
          ...kept,
          precommittedAt: at,
          dueAt: new Date(at.getTime() + (task.holdReveal ? HOLD_MS : REVEAL_MS)),
        },
        says: {
          event: sessionQueue.taskPrecommitted,
          payload: () => ({
            taskId,
            attempt,
            nodeId,
            sessionId: task.submitted.sessionId,
            at: at.toISOString(),
          }),
        },
      });
      if (!row) return null;
      const precommitted = await move(tx, taskLifecycle, {
        delegate: tx.task,
        id: taskId,
        from: ['DISPATCHED', 'STREAMING'],
        to: task.holdReveal ? 'PRECOMMITTED' : 'REVEALING',
        through: task.holdReveal ? ['STREAMING'] : ['STREAMING', 'PRECOMMITTED'],
        at,
      });
      if (precommitted) return task.holdReveal ? 'hold' : 'reveal';
      // A task being cancelled stays so; its miner still commits what it made.
      return (await tx.task.count({ where: { id: taskId, state: 'CANCELLING' } })) > 0 ? 'reveal' : null;
    });
    this.outbox.wake();
    return outcome;
  }

  /** PRECOMMITTED → REVEALING for a task that held its reveal. False when it was not there. */
  async startReveal(taskId: string): Promise<boolean> {
    const at = this.clock.now();
    return this.database.transaction(async (tx) => {
      const row = await move(tx, taskLifecycle, {
        delegate: tx.task,
        id: taskId,
        from: 'PRECOMMITTED',
        to: 'REVEALING',
        at,
      });
      if (!row) return false;
      await tx.attempt.updateMany({
        where: { taskId, state: 'PRECOMMITTED' },
        data: { dueAt: new Date(at.getTime() + REVEAL_MS) },
      });
      return true;
    });
  }

  /** Notes that the data was asked for, so that the sweep asks again only later. */
  async revealAsked(attemptId: string): Promise<void> {
    await this.database.client.attempt.update({
      where: { id: attemptId },
      data: { revealAskedAt: this.clock.now() },
    });
  }

  /** Keeps one of several parts; the whole text when all are there. */
  async keepPart(attemptId: string, part: Part): Promise<string | null> {
    if (part.parts === 1) return part.data;
    await this.database.client.commitPart.createMany({
      data: [{ attemptId, ...part }],
      skipDuplicates: true,
    });
    const parts = await this.database.client.commitPart.findMany({
      where: { attemptId, digest: part.digest, parts: part.parts },
      orderBy: { part: 'asc' },
    });
    return parts.length === part.parts ? parts.map(({ data }) => data).join('') : null;
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
    const reason = {
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
      data,
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

/** After an attempt without an answer: back to the queue if nothing was shown, else the task's end. */
export const endOrRequeue = async (
  tx: Tx,
  { taskId, sessionId, owner }: { taskId: string; sessionId: string | null; owner: string | null },
  { isShown, why, at }: { isShown: boolean; why: Reason; at: Date },
): Promise<'QUEUED' | 'FAILED' | 'CANCELLED' | null> => {
  const delegate = tx.task;
  const running = ['DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING'] as const;
  const ended = { taskId, sessionId, owner, at: at.toISOString(), promptTokens: 0, completionTokens: 0 };
  if (!isShown) {
    const again = await move(tx, taskLifecycle, {
      delegate,
      id: taskId,
      from: [...running],
      to: 'QUEUED',
      at,
      reason: why,
      data: { nextOfferAt: at },
    });
    if (again) return 'QUEUED';
  } else {
    const failed = await move(tx, taskLifecycle, {
      delegate,
      id: taskId,
      from: [...running],
      to: 'FAILED',
      at,
      reason: why,
      data: { endedAt: at },
      says: {
        event: sessionQueue.taskFailed,
        payload: () => ({ ...ended, state: 'FAILED' as const, reason: why }),
      },
    });
    if (failed) return 'FAILED';
  }
  const cancelled = await move(tx, taskLifecycle, {
    delegate,
    id: taskId,
    from: 'CANCELLING',
    to: 'CANCELLED',
    at,
    reason: why,
    data: { endedAt: at },
    says: { event: sessionQueue.taskCancelled, payload: () => ({ ...ended, reason: why }) },
  });
  return cancelled ? 'CANCELLED' : null;
};
