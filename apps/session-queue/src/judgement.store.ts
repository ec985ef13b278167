import { type AnswerVerdict, type CommitData, type Reason, sessionQueue } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import type { Prisma } from '@ganglion/database/session-queue';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle } from './attempt.lifecycle.js';
import { endAttempt } from './attempt-end.store.js';
import type { LiveAttempt } from './commit.store.js';
import { QueueDatabase, QueueOutbox, type Tx } from './database.store.js';
import { countTask } from './speed.store.js';
import { REVEAL_MS } from './reveal-turn.store.js';
import { afterFall, endTask, type Fate, withdrawAll } from './task-end.store.js';
import { taskLifecycle } from './task.lifecycle.js';
import { type LockedTask, lockTask } from './task-lock.store.js';

export interface Accepted {
  result: Prisma.InputJsonValue;
  receipt: Record<string, unknown>;
  verdict: AnswerVerdict;
  texts: string[];
  promptTokens: number;
  completionTokens: number;
}

/** What the judgement says of one attempt whose commitment holds. */
export interface Judged {
  readonly found: LiveAttempt;
  readonly completionTokens: number;
  /** What it answered, kept when it was compared with others. */
  readonly answer?: Prisma.InputJsonValue;
  /** Its answer is not the task's: a note when it may differ, the reason when it may not. */
  readonly differs?: Reason;
  readonly isOutvoted: boolean;
}

/** The end of attempts that were judged, and what it means for their task. */
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

  /** The winner's commitment holds: the task is final. Null when it had ended before. */
  async accept(
    taskId: string,
    accepted: Accepted,
    [winner, ...others]: readonly Judged[],
  ): Promise<'FINALISED' | 'CANCELLED' | null> {
    const at = this.clock.now();
    const outcome = await this.database.transaction(async (tx) => {
      const task = await lockTask(tx, taskId);
      const judged = [winner!, ...others];
      const stands = judged.filter(({ isOutvoted }) => !isOutvoted).map(({ found }) => found.nodeId);
      const state = await this.finalise(tx, task, { accepted, nodeIds: stands, at });
      if (!state) return null;
      for (const one of judged) await this.endJudged(tx, one, at);
      const reason: Reason = { code: 'task_ended', message: 'the task is final without it' };
      if (task.redundancy > 1) await withdrawAll(tx, taskId, { reason, at });
      return state;
    });
    this.outbox.wake();
    return outcome;
  }

  /** The answer that was shown is outvoted: the task fails; whoever answered otherwise did well. */
  async outvote(taskId: string, judged: readonly Judged[], why: Reason): Promise<Fate | null> {
    const at = this.clock.now();
    const fate = await this.database.transaction(async (tx) => {
      const task = await lockTask(tx, taskId);
      if (taskLifecycle.isFinal(task.state)) return null;
      for (const one of judged) await this.endJudged(tx, one, at);
      return endTask(tx, task, { why, at });
    });
    this.outbox.wake();
    return fate;
  }

  private async finalise(
    tx: Tx,
    task: LockedTask,
    { accepted, nodeIds, at }: { accepted: Accepted; nodeIds: string[]; at: Date },
  ): Promise<'FINALISED' | 'CANCELLED' | null> {
    const { id, sessionId, owner } = task;
    const { promptTokens, completionTokens, texts, receipt, result, verdict } = accepted;
    const data = {
      endedAt: at,
      result,
      receipt: receipt as Prisma.InputJsonObject,
      promptTokens,
      completionTokens,
    };
    const ended = { taskId: id, sessionId, owner, at: at.toISOString(), promptTokens, completionTokens };
    if (task.state === 'REVEALING') {
      const says = {
        event: sessionQueue.taskFinalised,
        payload: () => ({ ...ended, nodeIds, verdict, receipt, texts }),
      };
      const from = 'REVEALING';
      await move(tx, taskLifecycle, { delegate: tx.task, id, from, to: 'FINALISED', at, data, says });
      return 'FINALISED';
    }
    if (task.state !== 'CANCELLING') return null;
    // What it was called off for stays its reason, whatever was still committed.
    const called = await tx.task.findUniqueOrThrow({ where: { id } });
    const reason = called.reason as unknown as Reason;
    await move(tx, taskLifecycle, {
      delegate: tx.task,
      id,
      from: 'CANCELLING',
      to: 'CANCELLED',
      at,
      reason,
      data,
      says: { event: sessionQueue.taskCancelled, payload: () => ({ ...ended, reason }) },
    });
    return 'CANCELLED';
  }

  private async endJudged(tx: Tx, judged: Judged, at: Date): Promise<void> {
    const { found, completionTokens, answer, differs, isOutvoted } = judged;
    const { id, taskId, attempt, nodeId, offeredAt, firstFrameAt, task } = found;
    const fact = { taskId, attempt, nodeId, sessionId: task.submitted.sessionId, at: at.toISOString() };
    const common = { attempt: { id, nodeId, state: found.state }, at, reason: differs ?? null };
    const data = { completionTokens, ...(answer ? { answer } : {}) };
    if (isOutvoted) {
      const says = { event: sessionQueue.attemptRejected, payload: { ...fact, reason: differs! } };
      await endAttempt(tx, { ...common, to: 'REJECTED', data, says });
      return;
    }
    const durationMs = Math.max(1, at.getTime() - offeredAt.getTime());
    const ttftMs = firstFrameAt ? firstFrameAt.getTime() - offeredAt.getTime() : null;
    // Before its end, which may be that of the assignment. A test is no task of the session it fell into.
    if (task.submitted.nodeId === null) await countTask(tx, found, completionTokens);
    await endAttempt(tx, {
      ...common,
      to: 'ACCEPTED',
      through: ['COMMITTED'],
      data,
      says: {
        event: sessionQueue.attemptAccepted,
        payload: { ...fact, ttftMs, durationMs, completionTokens },
      },
    });
    await tx.commitPart.deleteMany({ where: { attemptId: id } });
  }

  /**
   * The commitment does not hold. `isShown`: a client may have seen tokens of it, so the task fails; else others go on
   * or it waits again. Null when the attempt had ended before.
   */
  async reject(found: LiveAttempt, reason: Reason, { isShown }: { isShown: boolean }): Promise<Fate | null> {
    const at = this.clock.now();
    const { id, taskId, attempt, nodeId, task } = found;
    const { sessionId, nodeId: named } = task.submitted;
    const fate = await this.database.transaction(async (tx) => {
      const locked = await lockTask(tx, taskId);
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
      const why = { code: 'answer_rejected', message: `the miner's answer was refused: ${reason.message}` };
      return afterFall(tx, locked, { isShown: isShown || named !== null, why, at });
    });
    this.outbox.wake();
    return fate;
  }

  /**
   * Keeps a replica's data until all are there. `compare`: they are. Null when the attempt is no longer live.
   */
  async keepRevealed({ id, taskId }: LiveAttempt, revealed: CommitData): Promise<'compare' | 'wait' | null> {
    const at = this.clock.now();
    return this.database.transaction(async (tx) => {
      await lockTask(tx, taskId);
      const row = await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id,
        from: 'PRECOMMITTED',
        to: 'COMMITTED',
        at,
        data: { revealed, dueAt: new Date(at.getTime() + REVEAL_MS) },
      });
      if (!row) return null;
      await tx.commitPart.deleteMany({ where: { attemptId: id } });
      const missing = await tx.attempt.count({ where: { taskId, state: 'PRECOMMITTED' } });
      return missing === 0 ? 'compare' : 'wait';
    });
  }

  /** The attempts at a task that are bound, with what they revealed if they have. */
  async bound(taskId: string): Promise<LiveAttempt[]> {
    const rows = await this.database.client.attempt.findMany({
      where: { taskId, state: { in: ['PRECOMMITTED', 'COMMITTED'] } },
      orderBy: { attempt: 'asc' },
      include: { task: true },
    });
    return rows as unknown as LiveAttempt[];
  }
}
