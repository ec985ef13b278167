import { sessionQueue, type TaskSubmitted } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle, liveAttemptStates } from './attempt.lifecycle.js';
import { freeSlots } from './attempt-end.store.js';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { onPrecommit, openReveal, REVEAL_MS } from './reveal-turn.store.js';
import { lockTask } from './task-lock.store.js';

/** A live attempt with what validation needs of its task. */
export interface LiveAttempt {
  readonly id: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly determinismClass: string | null;
  readonly silent: boolean;
  readonly state: string;
  readonly precommit: string | null;
  readonly signature: string | null;
  readonly offeredAt: Date;
  readonly firstFrameAt: Date | null;
  readonly precommittedAt: Date | null;
  readonly revealAsks: number;
  readonly revealed: unknown;
  readonly task: {
    readonly state: string;
    readonly redundancy: number;
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

/** A sweep takes this many rows at a time, so that it never holds a replica for long. */
const BATCH = 200;

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

  /** The attempts at a task that are in a state, the first one first. */
  async findAll(taskId: string, state: 'PRECOMMITTED'): Promise<LiveAttempt[]> {
    const rows = await this.database.client.attempt.findMany({
      where: { taskId, state },
      orderBy: { attempt: 'asc' },
      include: { task: true },
    });
    return rows as unknown as LiveAttempt[];
  }

  /**
   * Keeps the hash. `reveal`: the queue should ask for the data now, `wait`: other replicas are not ready, `hold`:
   * somebody else says when. Null when the attempt is no longer live.
   */
  async precommit(
    found: LiveAttempt,
    kept: { precommit: string; signature: string },
  ): Promise<'reveal' | 'wait' | 'hold' | null> {
    const { id, taskId, attempt, nodeId } = found;
    const outcome = await this.database.transaction(async (tx) => {
      const task = await lockTask(tx, taskId);
      // Under the lock, so that the times of a task's history are in its order whoever waited for it.
      const at = this.clock.now();
      const row = await move(tx, attemptLifecycle, {
        delegate: tx.attempt,
        id,
        from: ['OFFERED', 'ACKED', 'STREAMING'],
        to: 'PRECOMMITTED',
        likely: found.state,
        through: ['ACKED', 'STREAMING'],
        at,
        data: { ...kept, precommittedAt: at, dueAt: task.expiresAt },
        says: {
          event: sessionQueue.taskPrecommitted,
          payload: () => ({
            taskId,
            attempt,
            nodeId,
            sessionId: task.sessionId,
            at: at.toISOString(),
            precommit: kept.precommit,
          }),
        },
      });
      if (!row) return null;
      // The computation is done: the slot is free for the next task while this one is revealed and judged.
      await freeSlots(tx, id);
      return onPrecommit(tx, task, at);
    });
    this.outbox.wake();
    return outcome;
  }

  /** Opens the reveal of a task that held it. False when it was not held (any more). */
  async startReveal(taskId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const task = await lockTask(tx, taskId);
      if (task.state !== 'PRECOMMITTED') return false;
      await openReveal(tx, { ...task, holdReveal: false }, this.clock.now());
      return true;
    });
  }

  /** Notes that the data is asked for once more, so that the sweep asks again only later. */
  async revealAsked(attemptIds: string[]): Promise<void> {
    await this.database.client.attempt.updateMany({
      where: { id: { in: attemptIds } },
      data: { revealAskedAt: this.clock.now(), revealAsks: { increment: 1 } },
    });
  }

  /** The data came, but could not be judged for reasons of our own: the miner has its time again. */
  async grantTime(attemptId: string): Promise<void> {
    await this.database.client.attempt.updateMany({
      where: { id: attemptId, state: 'PRECOMMITTED' },
      data: { revealAsks: 0, dueAt: new Date(this.clock.ms() + REVEAL_MS) },
    });
  }

  /** Keeps one of several parts; the whole text when all are there. */
  async keepPart(attemptId: string, part: Part): Promise<string | null> {
    if (part.parts === 1) return part.data;
    await this.database.client.commitPart.createMany({
      data: [{ attemptId, ...part }],
      skipDuplicates: true,
    });
    const where = { attemptId, digest: part.digest, parts: part.parts };
    // Counted first: reading all that is there for each part that comes would be quadratic.
    if ((await this.database.client.commitPart.count({ where })) < part.parts) return null;
    const parts = await this.database.client.commitPart.findMany({ where, orderBy: { part: 'asc' } });
    return parts.length === part.parts ? parts.map(({ data }) => data).join('') : null;
  }

  /** Live attempts whose time is over, by what they are late with. */
  async overdue(): Promise<LiveAttempt[]> {
    const rows = await this.database.client.attempt.findMany({
      where: { state: { in: [...liveAttemptStates] }, dueAt: { lte: this.clock.now() } },
      include: { task: true },
      take: BATCH,
    });
    return rows as unknown as LiveAttempt[];
  }
}
