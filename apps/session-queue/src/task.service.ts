import { digestJson } from '@ganglion/commitment';
import {
  Fault,
  type InputOf,
  jobs,
  type OutputOf,
  type Reason,
  type sessionQueue,
  type TaskState,
  type TaskSubmitted,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import { DispatchService } from './dispatch.service.js';
import { laneOf } from './lane.js';
import { SweepStore } from './sweep.store.js';
import { TaskStore } from './task.store.js';

/** How long a cancelled task waits for its miner's commit. */
const CANCEL_GRACE_MS = 1_000;

/** Tasks come in, are looked at, and are called off. */
@Injectable()
export class TaskService {
  constructor(
    private readonly store: TaskStore,
    private readonly sweeps: SweepStore,
    private readonly dispatch: DispatchService,
    private readonly bus: Bus,
  ) {}

  async enqueue(submitted: TaskSubmitted): Promise<OutputOf<typeof sessionQueue.enqueue>> {
    const { taskId, sessionId, nodeId, redundancy } = submitted;
    if ((sessionId === null) === (nodeId === null))
      throw new Fault('INVALID', 'sessionId: a task has either a session or a node', { field: 'sessionId' });
    if (redundancy > 1)
      throw new Fault('IMPOSSIBLE', 'redundancy: more than 1 is not supported yet', { field: 'redundancy' });
    await this.store.insert(submitted, digestJson(submitted.request));
    this.dispatch.pump(laneOf(submitted));
    return { taskId, ...(await this.store.placed(taskId)) };
  }

  async cancel({
    taskId,
    reason,
  }: InputOf<typeof sessionQueue.cancel>): Promise<{ taskId: string; state: TaskState }> {
    const task = await this.store.get(taskId);
    const state = await this.store.cancel(task, reason, CANCEL_GRACE_MS);
    if (state === 'CANCELLED') this.bus.publishControl(taskId, { type: 'failed', taskId, state, reason });
    if (state === 'CANCELLING') await this.callOff(taskId, reason);
    return { taskId, state: state ?? (await this.store.get(taskId)).state };
  }

  /** Tells the miners of a task to stop; what they made until now they commit. */
  private async callOff(taskId: string, reason: Reason): Promise<void> {
    for (const { nodeId, attempt } of await this.sweeps.liveAttempts(taskId))
      this.bus.order(jobs.cancel, nodeId, { taskId, attempt, reason }).catch(() => {});
  }

  async drop({ sessionId, reason }: InputOf<typeof sessionQueue.drop>): Promise<{ dropped: number }> {
    const tasks = await this.store.openTasks(sessionId);
    for (const { id: taskId } of tasks) await this.cancel({ taskId, reason });
    return { dropped: tasks.length };
  }
}
