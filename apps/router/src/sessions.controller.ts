import {
  type ApiKeyFacts,
  reputation,
  session,
  type SessionParameters,
  sessionParameters,
  sessionState,
  type TaskParameters,
  taskParameters,
  uuid,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Caller } from './auth.guard.js';
import { isAdmin, requireOwner } from './ownership.js';
import { CompletionsService } from './completions.service.js';
import { InputPipe } from './input.pipe.js';
import { ModelsService } from './models.service.js';
import { ownedQuery } from './paging.js';
import { withoutUnsupported } from './unsupported.js';

const sessionBody = new InputPipe(sessionParameters, 'the body');
const taskBody = new InputPipe(taskParameters, 'the body', withoutUnsupported);
const listQuery = ownedQuery.extend({ state: sessionState.optional() });
const sessionQuery = new InputPipe(listQuery, 'the query');
const idOfSession = new InputPipe(uuid, 'the session id');

@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly bus: Bus,
    private readonly models: ModelsService,
    private readonly completions: CompletionsService,
  ) {}

  /** 201 when its nodes are there, 202 while they are gathered. */
  @Post()
  async open(
    @Caller() { keyId }: ApiKeyFacts,
    @Body(sessionBody) parameters: SessionParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const model = await this.models.find(parameters.model);
    const opened = await this.bus.request(
      session.open,
      { keyId, parameters: { ...parameters, model: model.id } },
      { timeoutMs: 15_000 },
    );
    reply.status(opened.state === 'READY' ? 201 : 202).header('location', `/v1/sessions/${opened.sessionId}`);
    return opened;
  }

  @Get()
  list(@Caller() caller: ApiKeyFacts, @Query(sessionQuery) { all, ...paging }: z.infer<typeof listQuery>) {
    return this.bus.request(session.list, { ...paging, owner: all && isAdmin(caller) ? null : caller.keyId });
  }

  @Get(':id')
  get(@Caller() caller: ApiKeyFacts, @Param('id', idOfSession) id: string) {
    return this.find(caller, id);
  }

  /** What became of its attempts, as reputation heard it. */
  @Get(':id/statistics')
  async statistics(@Caller() caller: ApiKeyFacts, @Param('id', idOfSession) id: string) {
    const { sessionId } = await this.find(caller, id);
    return this.bus.request(reputation.session, { sessionId });
  }

  @Delete(':id')
  async close(@Caller() caller: ApiKeyFacts, @Param('id', idOfSession) id: string) {
    const { sessionId } = await this.find(caller, id);
    return this.bus.request(session.close, { sessionId });
  }

  @Post(':id/tasks')
  @HttpCode(202)
  submit(
    @Caller() caller: ApiKeyFacts,
    @Param('id', idOfSession) sessionId: string,
    @Body(taskBody) parameters: TaskParameters,
    @Res() reply: FastifyReply,
  ) {
    return this.completions.submitTask(caller, { parameters, sessionId }, reply);
  }

  private async find(caller: ApiKeyFacts, sessionId: string) {
    const view = await this.bus.request(session.get, { sessionId });
    return requireOwner(caller, view, { field: 'sessionId', what: `session ${sessionId}` });
  }
}
