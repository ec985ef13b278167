import { type ApiKeyFacts, session, sessionParameters, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller } from './auth.guard.js';
import { isAdmin, requireOwner } from './ownership.js';
import { CompletionsService } from './completions.service.js';
import { parseInput } from './input.js';
import { ModelsService } from './models.service.js';
import { ownedQuery } from './paging.js';

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
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const parameters = parseInput(sessionParameters, body, 'the body');
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
  list(@Caller() caller: ApiKeyFacts, @Query() query: unknown) {
    const { all, ...paging } = parseInput(ownedQuery, query, 'the query');
    return this.bus.request(session.list, { ...paging, owner: all && isAdmin(caller) ? null : caller.keyId });
  }

  @Get(':id')
  get(@Caller() caller: ApiKeyFacts, @Param('id') id: string) {
    return this.find(caller, id);
  }

  @Delete(':id')
  async close(@Caller() caller: ApiKeyFacts, @Param('id') id: string) {
    const { sessionId } = await this.find(caller, id);
    return this.bus.request(session.close, { sessionId });
  }

  @Post(':id/tasks')
  @HttpCode(202)
  submit(
    @Caller() caller: ApiKeyFacts,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ) {
    const sessionId = parseInput(uuid, id, 'the session id');
    return this.completions.submitTask(caller, sessionId, { body, reply });
  }

  private async find(caller: ApiKeyFacts, id: string) {
    const sessionId = parseInput(uuid, id, 'the session id');
    const view = await this.bus.request(session.get, { sessionId });
    return requireOwner(caller, view, `the session ${sessionId}`);
  }
}
