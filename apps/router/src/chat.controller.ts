import { type ApiKeyFacts, type CompletionParameters, completionParameters } from '@ganglion/contracts';
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller } from './auth.guard.js';
import { CompletionsService } from './completions.service.js';
import { InputPipe } from './input.pipe.js';
import { withoutUnsupported } from './unsupported.js';

const completionBody = new InputPipe(completionParameters, 'the body', withoutUnsupported);

@Controller('v1/chat/completions')
export class ChatController {
  constructor(private readonly completions: CompletionsService) {}

  @Post()
  @HttpCode(200)
  complete(
    @Caller() caller: ApiKeyFacts,
    @Body(completionBody) parameters: CompletionParameters,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.completions.complete(caller, parameters, reply);
  }
}
