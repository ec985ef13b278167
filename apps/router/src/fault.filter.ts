import { excerpt, Fault } from '@ganglion/contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerFault, faultOfStatus, isForeignReply } from './error-body.js';

/** Every failure of an HTTP request leaves in OpenAI's shape; what was not expected is logged with its stack. */
@Catch()
export class HttpFaultFilter implements ExceptionFilter {
  readonly #log = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, body, retryAfterSeconds } = answerFault(this.toFault(error, request));
    // A stream that has begun cannot change its status; it said its own error.
    if (reply.sent || reply.raw.headersSent) return;
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    reply.status(status).send(body);
  }

  private toFault(error: unknown, request: FastifyRequest): Fault {
    if (error instanceof Fault) {
      if (error.code === 'INTERNAL' || isForeignReply(error))
        this.#log.error(`${request.method} ${excerpt(request.url)}: ${error.message}`);
      return error;
    }
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    if (status === 404)
      return faultOfStatus(
        404,
        `${request.method} ${excerpt(request.url.split('?')[0] ?? '')} does not exist: see docs/api.md`,
      );
    if (status !== undefined && status < 500)
      return faultOfStatus(status, error instanceof Error ? error.message : 'the request is not valid');
    this.#log.error(error instanceof Error ? error.stack : String(error));
    return new Fault('INTERNAL', 'unexpected');
  }
}

/** Fastify's own errors carry their status. */
const statusOf = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
};
