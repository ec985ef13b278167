import {
  Fault,
  type InputOf,
  type OutputOf,
  type Reason,
  sessionQueue,
  type TaskState,
  type TaskSubmitted,
  type TaskView,
} from '@ganglion/contracts';
import { born, history } from '@ganglion/database';
import type { Prisma, Task } from '@ganglion/database/session-queue';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { testSlots } from './lane.js';
import { taskLifecycle } from './task.lifecycle.js';
import { WaitingStore } from './waiting.store.js';

/** Prompt characters per token, for the load estimate of a task that was not tokenised yet. */
const CHARS_PER_TOKEN = 3;

/** Tasks as clients and other modules see them. */
@Injectable()
export class TaskStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
    private readonly waiting: WaitingStore,
  ) {}

  /** Takes a task in; false when this id was taken in before. */
  async insert(submitted: TaskSubmitted, requestDigest: string): Promise<boolean> {
    const at = this.clock.now();
    const { taskId, sessionId, owner, nodeId, redundancy, holdReveal, testsAtOnce, request } = submitted;
    return this.database.transaction(async (tx) => {
      const { count } = await tx.task.createMany({
        data: [
          {
            id: taskId,
            state: taskLifecycle.initial,
            sessionId,
            owner,
            nodeId,
            model: request.model,
            modelDigest: request.modelDigest,
            // A test may look like a task of replicas, and is one node's all the same.
            redundancy: nodeId === null ? redundancy : 1,
            holdReveal,
            submitted,
            requestDigest,
            expectedTokens: expectedTokens(submitted),
            submittedAt: new Date(submitted.submittedAt),
            expiresAt: new Date(submitted.expiresAt),
            nextOfferAt: at,
          },
        ],
        skipDuplicates: true,
      });
      if (count === 0) return false;
      await born(tx, taskLifecycle, { id: taskId, at });
      if (nodeId !== null) {
        const slots = testSlots(testsAtOnce ?? 1).map((index) => ({ nodeId, index }));
        await tx.slot.createMany({ data: slots, skipDuplicates: true });
      }
      return true;
    });
  }

  async get(taskId: string): Promise<Task> {
    const task = await this.database.client.task.findUnique({ where: { id: taskId } });
    if (!task) throw new Fault('NOT_FOUND', `taskId: no task ${taskId}`, { field: 'taskId' });
    return task;
  }

  /** Its state, and its place while it waits. */
  async placed(taskId: string): Promise<{ state: TaskState; position: number }> {
    const task = await this.get(taskId);
    return { state: task.state, position: task.state === 'QUEUED' ? await this.waiting.positionOf(task) : 0 };
  }

  async view(taskId: string): Promise<TaskView> {
    const task = await this.get(taskId);
    const rows = await this.database.client.attempt.findMany({
      where: { taskId },
      orderBy: { attempt: 'asc' },
    });
    const [{ position, etaMs }, taskHistory] = await Promise.all([
      this.waiting.placeOf(task),
      history(this.database.client, taskLifecycle.name, taskId),
    ]);
    const attempts = await Promise.all(
      rows.map(async ({ id, attempt, nodeId, silent, determinismClass, ...row }) => ({
        attempt,
        nodeId,
        silent,
        determinismClass,
        answer: row.answer as TaskView['attempts'][number]['answer'],
        state: row.state,
        reason: row.reason as Reason | null,
        offeredAt: row.offeredAt.toISOString(),
        endedAt: row.endedAt?.toISOString() ?? null,
        history: await history(this.database.client, 'attempt', id),
      })),
    );
    const result = task.result as TaskView['result'];
    return { ...toSummary(task), position, etaMs, attempts, history: taskHistory, result };
  }

  async list({
    cursor,
    limit,
    owner,
    sessionId,
    state,
    nodeId,
  }: InputOf<typeof sessionQueue.list>): Promise<OutputOf<typeof sessionQueue.list>> {
    const rows = await this.database.client.task.findMany({
      where: {
        ...(owner === null ? {} : { owner }),
        ...(sessionId === null ? {} : { sessionId }),
        ...(state === undefined ? {} : { state }),
        ...(nodeId === undefined ? {} : { attempts: { some: { nodeId } } }),
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map((row) => ({ ...toSummary(row), position: 0, etaMs: null }));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.taskId ?? null) : null };
  }

  async receipt(taskId: string): Promise<Record<string, unknown>> {
    const task = await this.get(taskId);
    if (task.receipt !== null) return task.receipt as Record<string, unknown>;
    throw new Fault('CONFLICT', `task ${taskId} has no receipt: it is ${task.state}`, { state: task.state });
  }

  /** Tasks of a session that wait, and those that run too if they are wanted. */
  async openTasks(sessionId: string, isRunningToo: boolean): Promise<Task[]> {
    const where: Prisma.TaskWhereInput = {
      sessionId,
      state: {
        in: ['QUEUED', ...(isRunningToo ? (['DISPATCHED', 'STREAMING', 'PRECOMMITTED'] as const) : [])],
      },
    };
    return this.database.client.task.findMany({ where });
  }
}

/** The most a task may cost its node, in tokens. */
const expectedTokens = ({ request }: TaskSubmitted): number => {
  const { prompt, sampling, choices } = request;
  const chars =
    'text' in prompt
      ? prompt.text.length
      : prompt.messages.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(chars / CHARS_PER_TOKEN) + sampling.maxTokens * choices;
};

const toSummary = (task: Task) => ({
  taskId: task.id,
  sessionId: task.sessionId,
  owner: task.owner,
  state: task.state,
  reason: task.reason as Reason | null,
  model: task.model,
  redundancy: task.redundancy,
  submittedAt: task.submittedAt.toISOString(),
  endedAt: task.endedAt?.toISOString() ?? null,
});
