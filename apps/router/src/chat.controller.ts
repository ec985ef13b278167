import { type ApiKeyFacts, completionParameters } from '@ganglion/contracts';
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller } from './auth.guard.js';
import { CompletionsService } from './completions.service.js';
import { parseInput } from './input.js';
import { withoutUnsupported } from './unsupported.js';

@Controller('v1/chat/completions')
export class ChatController {
  constructor(private readonly completions: CompletionsService) {}

  @Post()
  @HttpCode(200)
  complete(@Caller() caller: ApiKeyFacts, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const parameters = parseInput(completionParameters, withoutUnsupported(body), 'the body');
    return this.completions.complete(caller, parameters, reply);
  }
}
