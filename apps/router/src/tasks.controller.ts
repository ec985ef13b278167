import { type ApiKeyFacts, sessionQueue, type TaskView, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { Caller } from './auth.guard.js';
import { isAdmin, requireOwner } from './ownership.js';
import { parseInput } from './input.js';
import { ownedQuery } from './paging.js';

const taskQuery = ownedQuery.extend({ sessionId: uuid.nullable().default(null) });

@Controller('v1/tasks')
export class TasksController {
  constructor(private readonly bus: Bus) {}

  @Get()
  list(@Caller() caller: ApiKeyFacts, @Query() query: unknown) {
    const { all, ...paging } = parseInput(taskQuery, query, 'the query');
    return this.bus.request(sessionQueue.list, {
      ...paging,
      owner: all && isAdmin(caller) ? null : caller.keyId,
    });
  }

  @Get(':id')
  get(@Caller() caller: ApiKeyFacts, @Param('id') id: string): Promise<TaskView> {
    return this.find(caller, id);
  }

  /** Stops the task; what was accepted before stays readable, and is charged. */
  @Delete(':id')
  async cancel(@Caller() caller: ApiKeyFacts, @Param('id') id: string) {
    const { taskId } = await this.find(caller, id);
    const reason = { code: 'client_cancelled', message: 'the client cancelled the task' };
    return this.bus.request(sessionQueue.cancel, { taskId, reason });
  }

  @Get(':id/receipt')
  async receipt(@Caller() caller: ApiKeyFacts, @Param('id') id: string) {
    const { taskId } = await this.find(caller, id);
    return (await this.bus.request(sessionQueue.receipt, { taskId })).receipt;
  }

  private async find(caller: ApiKeyFacts, id: string): Promise<TaskView> {
    const taskId = parseInput(uuid, id, 'the task id');
    const view = await this.bus.request(sessionQueue.get, { taskId });
    return requireOwner(caller, view, `the task ${taskId}`);
  }
}
