import { type AttemptState, type Reason, sessionQueue } from '@ganglion/contracts';
import { move } from '@ganglion/database';
import { liveAttemptStates } from './attempt.lifecycle.js';
import { endAttempt } from './attempt-end.store.js';
import type { Tx } from './database.store.js';
import type { Lane } from './lane.js';
import { taskLifecycle } from './task.lifecycle.js';
import type { LockedTask } from './task-lock.store.js';

/** An attempt, as its miner knows it. */
export interface Try {
  readonly nodeId: string;
  readonly attempt: number;
}

export interface LiveTry extends Try {
  readonly id: string;
  readonly state: AttemptState;
  readonly silent: boolean;
}

/** What the end of one attempt meant for its task. */
export interface Fate {
  /** RUNNING: other attempts go on. COMPARE: those that are left have all revealed. */
  readonly state: 'QUEUED' | 'RUNNING' | 'COMPARE' | 'FAILED' | 'EXPIRED' | 'CANCELLED';
  readonly reason: Reason;
  /** Attempts that nobody needs any more: their miners are to stop. */
  readonly withdrawn: readonly Try[];
}

/** A change that miners, routers and the next in the lane must hear of. */
export interface EndedTask {
  readonly taskId: string;
  readonly lane: Lane;
  readonly fate: Fate;
}

interface Fall {
  /** A client may have seen tokens of it. */
  readonly isShown: boolean;
  readonly why: Reason;
  readonly at: Date;
  readonly nextOfferAt?: Date;
}

/**
 * After an attempt ended without an answer, under the task's lock. A task of which something was shown fails; else the
 * others go on, and when there are none it waits again. Null when the task had ended before.
 */
export const afterFall = async (tx: Tx, task: LockedTask, fall: Fall): Promise<Fate | null> => {
  const { isShown, why, at, nextOfferAt = at } = fall;
  if (taskLifecycle.isFinal(task.state)) return null;
  const live = await liveAttempts(tx, task.id);
  const isLast = live.length === 0;
  if (task.state === 'CANCELLING')
    return isLast ? endTask(tx, task, { why, at }) : { state: 'RUNNING', reason: why, withdrawn: [] };
  if (isShown) return endTask(tx, task, { why, at });
  if (isLast) {
    await move(tx, taskLifecycle, {
      delegate: tx.task,
      id: task.id,
      from: task.state,
      to: 'QUEUED',
      at,
      reason: why,
      data: { nextOfferAt, revealBy: null },
    });
    return { state: 'QUEUED', reason: why, withdrawn: [] };
  }
  // Without a primary nobody's precommit makes the others late; the next primary's will.
  const hasPrimary = live.some(({ silent }) => !silent);
  await tx.task.update({
    where: { id: task.id },
    data: { nextOfferAt, ...(hasPrimary ? {} : { revealBy: null }) },
  });
  const isComplete = task.state === 'REVEALING' && live.every(({ state }) => state === 'COMMITTED');
  return { state: isComplete ? 'COMPARE' : 'RUNNING', reason: why, withdrawn: [] };
};

/** Ends a task without an answer, and every attempt at it. What was called off is CANCELLED, anything else `to`. */
export const endTask = async (
  tx: Tx,
  task: LockedTask,
  { why, at, to = 'FAILED' }: { why: Reason; at: Date; to?: 'FAILED' | 'EXPIRED' | 'CANCELLED' },
): Promise<Fate | null> => {
  const { id, state: from, sessionId, owner } = task;
  if (taskLifecycle.isFinal(from)) return null;
  const ended = {
    taskId: id,
    sessionId,
    owner,
    at: at.toISOString(),
    promptTokens: 0,
    completionTokens: 0,
    reason: why,
  };
  const common = { delegate: tx.task, id, from, at, reason: why, data: { endedAt: at, reason: why } };
  const state = from === 'CANCELLING' ? 'CANCELLED' : to;
  await (state === 'CANCELLED'
    ? move(tx, taskLifecycle, {
        ...common,
        to: state,
        says: { event: sessionQueue.taskCancelled, payload: () => ended },
      })
    : move(tx, taskLifecycle, {
        ...common,
        to: state,
        says: { event: sessionQueue.taskFailed, payload: () => ({ ...ended, state }) },
      }));
  return { state, reason: why, withdrawn: await withdrawAll(tx, id, { reason: why, at }) };
};

/** Ends the live attempts of a task, all or all but one: nobody needs them any more, and nobody is to blame. */
export const withdrawAll = async (
  tx: Tx,
  taskId: string,
  { reason, at, except }: { reason: Reason; at: Date; except?: string },
): Promise<Try[]> => {
  const rest = (await liveAttempts(tx, taskId)).filter(({ id }) => id !== except);
  for (const attempt of rest) await endAttempt(tx, { attempt, to: 'CANCELLED', reason, at });
  return rest.map(({ nodeId, attempt }) => ({ nodeId, attempt }));
};

/** Attempts at a task that have not ended, the first one first. */
export const liveAttempts = async (tx: Tx, taskId: string): Promise<LiveTry[]> =>
  tx.attempt.findMany({
    where: { taskId, state: { in: [...liveAttemptStates] } },
    select: { id: true, nodeId: true, attempt: true, state: true, silent: true },
    orderBy: { attempt: 'asc' },
  });
