import { sessionQueue, type TaskSubmitted } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle } from './attempt.lifecycle.js';
import { QueueDatabase, QueueOutbox } from './database.store.js';
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

/** What miners bind themselves to, and what becomes of it. */
@Injectable()
export class CommitStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

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
      // The computation is done: the slot is free for the next task while this one is revealed and judged.
      await tx.slot.updateMany({ where: { attemptId: id }, data: { attemptId: null, expectedTokens: 0 } });
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
}
