import { Fault, type TaskState } from '@ganglion/contracts';
import type { Tx } from './database.store.js';

/** What decides about a task, read under its lock. */
export interface LockedTask {
  readonly id: string;
  readonly state: TaskState;
  readonly sessionId: string | null;
  readonly owner: string | null;
  readonly nodeId: string | null;
  readonly redundancy: number;
  readonly holdReveal: boolean;
  readonly revealBy: Date | null;
  readonly expiresAt: Date;
}

/**
 * Locks a task's row until the transaction ends. A task is the root of its attempts: whoever changes any of them
 * holds this lock first, so replicas are counted rightly and two transactions never wait for one another in a circle.
 * @throws Fault NOT_FOUND
 */
export const lockTask = async (tx: Tx, taskId: string): Promise<LockedTask> => {
  const rows = await tx.$queryRaw<LockedTask[]>`
    SELECT id, state, "sessionId", owner, "nodeId", redundancy, "holdReveal", "revealBy", "expiresAt"
    FROM "Task" WHERE id = ${taskId}::uuid FOR UPDATE`;
  if (!rows[0]) throw new Fault('NOT_FOUND', `taskId: no task ${taskId}`, { field: 'taskId' });
  return rows[0];
};
