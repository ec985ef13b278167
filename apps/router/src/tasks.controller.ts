import { type ApiKeyFacts, nodeId, sessionQueue, taskState, type TaskView, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Caller } from './auth.guard.js';
import { isAdmin, requireOwner } from './ownership.js';
import { InputPipe } from './input.pipe.js';
import { ownedQuery } from './paging.js';

const listQuery = ownedQuery.extend({
  sessionId: uuid.nullable().default(null),
  state: taskState.optional(),
  nodeId: nodeId.optional(),
});
const taskQuery = new InputPipe(listQuery, 'the query');
const idOfTask = new InputPipe(uuid, 'the task id');

@Controller('v1/tasks')
export class TasksController {
  constructor(private readonly bus: Bus) {}

  @Get()
  list(@Caller() caller: ApiKeyFacts, @Query(taskQuery) { all, ...paging }: z.infer<typeof listQuery>) {
    return this.bus.request(sessionQueue.list, {
      ...paging,
      owner: all && isAdmin(caller) ? null : caller.keyId,
    });
  }

  @Get(':id')
  get(@Caller() caller: ApiKeyFacts, @Param('id', idOfTask) id: string): Promise<TaskView> {
    return this.find(caller, id);
  }

  /** Stops the task; what was accepted before stays readable, and is charged. */
  @Delete(':id')
  async cancel(@Caller() caller: ApiKeyFacts, @Param('id', idOfTask) id: string) {
    const { taskId } = await this.find(caller, id);
    const reason = { code: 'client_cancelled', message: 'the client cancelled the task' };
    return this.bus.request(sessionQueue.cancel, { taskId, reason });
  }

  @Get(':id/receipt')
  async receipt(@Caller() caller: ApiKeyFacts, @Param('id', idOfTask) id: string) {
    const { taskId } = await this.find(caller, id);
    return (await this.bus.request(sessionQueue.receipt, { taskId })).receipt;
  }

  private async find(caller: ApiKeyFacts, taskId: string): Promise<TaskView> {
    const view = await this.bus.request(sessionQueue.get, { taskId });
    return requireOwner(caller, view, { field: 'taskId', what: `task ${taskId}` });
  }
}
