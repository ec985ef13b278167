import { digestJson } from '@ganglion/commitment';
import { Fault, type OutputOf, type sessionQueue, type TaskSubmitted } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { DispatchService } from './dispatch.service.js';
import { laneOf } from './lane.js';
import { TaskStore } from './task.store.js';

/** Tasks come in. */
@Injectable()
export class TaskService {
  constructor(
    private readonly store: TaskStore,
    private readonly dispatch: DispatchService,
  ) {}

  async enqueue(submitted: TaskSubmitted): Promise<OutputOf<typeof sessionQueue.enqueue>> {
    const { taskId, sessionId, nodeId } = submitted;
    if ((sessionId === null) === (nodeId === null))
      throw new Fault('INVALID', 'sessionId: a task has either a session or a node', { field: 'sessionId' });
    await this.store.insert(submitted, digestJson(submitted.request));
    this.dispatch.pump(laneOf(submitted));
    return { taskId, ...(await this.store.placed(taskId)) };
  }
}
