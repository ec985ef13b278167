import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Metrics } from '@ganglion/runtime';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerFault, faultOfStatus } from './error-body.js';

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const REQUEST_ID = /^[\w.:-]{1,128}$/;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

/** Fastify as the router needs it: 2 MB bodies, and closing ends connections that idle. */
export const makeAdapter = ({ trustProxy }: { trustProxy: boolean }): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy,
    forceCloseConnections: 'idle',
    // A caller may name its request; anything else than a short plain name is replaced.
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const { status, body } = answerFault(faultOfStatus(error.statusCode ?? 400, error.message));
      void reply.header('x-request-id', request.id).status(status).send(body);
    },
  });

/** What happens to every request whatever its route: its id goes out, its body must be JSON, it is counted. */
export const guardEdge = (fastify: FastifyInstance, metrics: Metrics): void => {
  const requests = metrics.counter('ganglion_http_requests_total', 'HTTP requests, by route and status', [
    'method',
    'route',
    'status',
  ]);
  const seconds = metrics.histogram('ganglion_http_request_ms', 'Time to answer an HTTP request, in ms', {
    labels: ['method', 'route'],
    buckets: [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000],
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    // Many clients send the type with every request; Fastify refuses one that announces JSON and brings none.
    if (!hasBody(request)) delete request.headers['content-type'];
    done(hasForeignBody(request) ? faultOfStatus(415, 'not JSON') : undefined);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: routeOf(request) };
    requests.inc({ ...labels, status: String(reply.raw.statusCode) });
    seconds.observe(labels, reply.elapsedTime);
    done();
  });
};

/** The route's pattern and not the URL: labels must be few. */
const routeOf = (request: FastifyRequest): string =>
  request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const hasForeignBody = (request: FastifyRequest): boolean =>
  hasBody(request) && !JSON_TYPE.test(request.headers['content-type'] ?? '');
