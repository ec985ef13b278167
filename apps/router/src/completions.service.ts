import { type ApiKeyFacts, type CompletionParameters, type TaskParameters } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CompletionChunks, type CompletionFacts, completionOf, further, type Said } from './completion.js';
import type { RunningTask } from './running-task.js';
import { nativeFormat, openAiFormat, type SseFormat } from './sse.js';
import { streamTask } from './sse-stream.js';
import { SubmitService } from './submit.service.js';
import { faultOfFailure } from './task-failure.js';
import { TaskMetrics } from './task-metrics.service.js';

/** A stream begins with its first token, or after this long without one. */
const EARLY_MS = 250;

/** Answers over HTTP: a task submitted, then its stream, its answer, or only its id. */
@Injectable()
export class CompletionsService {
  constructor(
    private readonly submits: SubmitService,
    private readonly metrics: TaskMetrics,
    private readonly clock: Clock,
  ) {}

  /** `POST /v1/chat/completions`: OpenAI's chunks or its completion. */
  async complete(caller: ApiKeyFacts, parameters: CompletionParameters, reply: FastifyReply): Promise<void> {
    const isStream = parameters.stream === true;
    const task = await this.submits.submit(caller, { parameters, isStream });
    const facts: CompletionFacts = {
      taskId: task.taskId,
      sessionId: task.sessionId,
      model: parameters.model,
      created: Math.floor(this.clock.ms() / 1_000),
      hasLogprobs: parameters.logprobs === true,
    };
    nameTask(reply, task);
    if (!isStream) return this.answer(reply, task, facts);
    const includeUsage = parameters.stream_options?.include_usage === true;
    return this.stream(reply, task, openAiFormat(task.taskId, new CompletionChunks(facts, { includeUsage })));
  }

  /** `POST /v1/sessions/:id/tasks`: the native stream, or 202 with the task to be read later. */
  async submitTask(
    caller: ApiKeyFacts,
    { parameters, sessionId }: { parameters: TaskParameters; sessionId: string },
    reply: FastifyReply,
  ) {
    if (parameters.stream === true) {
      const task = await this.submits.submit(caller, { parameters, sessionId, isStream: true });
      nameTask(reply, task);
      return this.stream(reply, task, nativeFormat(task.taskId));
    }
    const { taskId, position, ...accepted } = await this.submits.enqueue(caller, { parameters, sessionId });
    await reply
      .status(202)
      .header('location', `/v1/tasks/${taskId}`)
      .send({ taskId, sessionId: accepted.sessionId, position });
  }

  private async stream(reply: FastifyReply, task: RunningTask, format: SseFormat): Promise<void> {
    const { observe, end } = this.metrics.follow(task, 'rest');
    const failure = await task.earlyFailure(EARLY_MS);
    if (failure) {
      observe({ type: 'failed', ...failure });
      end();
      throw faultOfFailure(failure);
    }
    await streamTask(reply, task, { format, observe }).finally(end);
  }

  private async answer(reply: FastifyReply, task: RunningTask, facts: CompletionFacts): Promise<void> {
    const { observe, end } = this.metrics.follow(task, 'rest');
    const onClose = (): void => void task.leave('the client closed the connection');
    reply.raw.once('close', onClose);
    if (reply.raw.destroyed) onClose();
    const said: Said[] = [];
    try {
      for await (const event of task.events()) {
        if (event.type === 'shown') said[event.choice] = further(said[event.choice], event);
        else observe(event);
        if (event.type === 'failed') throw faultOfFailure(event);
        if (event.type === 'finalised') await reply.send(completionOf(facts, said, event.record));
      }
    } finally {
      reply.raw.off('close', onClose);
      await task.leave('the answer could not be sent');
      end();
    }
  }
}

/** Every answer about a task says which one it was, also one that is an error. */
const nameTask = (reply: FastifyReply, { taskId }: RunningTask): void => {
  reply.header('x-ganglion-task', taskId);
};
