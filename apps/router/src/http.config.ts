import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Fault } from '@ganglion/contracts';
import type { Metrics } from '@ganglion/runtime';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ClosingService } from './closing.service.js';
import { answerFault, faultOfStatus } from './error-body.js';

const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** Whoever has not sent a whole request by then is cut off, so that half ones do not pile up. */
const REQUEST_MS = 60_000;
const REQUEST_ID = /^[\w.:-]{1,128}$/;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

/** Fastify as the router needs it: 2 MB bodies, and closing ends connections that idle. */
export const makeAdapter = ({ trustProxy }: { trustProxy: boolean }): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    trustProxy,
    forceCloseConnections: 'idle',
    // A caller may name its request; anything else than a short plain name is replaced.
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    clientErrorHandler: refuseUnreadable,
    // Node would refuse a request without one in its own way.
    http: { requireHostHeader: false },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const { status, body } = answerFault(faultOfStatus(error.statusCode ?? 400, error.message));
      void reply.header('x-request-id', request.id).status(status).send(body);
    },
  });

/** What could not even be read as HTTP is answered as everything else is, and its connection ends. */
const refuseUnreadable = (error: ConnectionError, socket: Socket): void => {
  if (!socket.writable) return void socket.destroy();
  const status = unreadable[error.code] ?? 400;
  const remedy = status === 400 ? 'this is not HTTP: send a well-formed request' : remedies[status];
  const text = JSON.stringify(answerFault(faultOfStatus(status, remedy ?? error.message)).body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${randomUUID()}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
};

/** Node's names for what is wrong with a request's form. */
const unreadable: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
const remedies: Readonly<Record<number, string>> = {
  408: 'the request did not come to its end in time: send it whole',
  431: 'the headers are larger than 16 kB: send fewer or shorter ones',
};

/**
 * What happens to every request whatever its route: its id goes out, its body must be JSON, it is counted. A router that
 * ends takes no more, and keeps no connection: clients that ask on and on over one would hold the end up.
 */
export const guardEdge = (
  fastify: FastifyInstance,
  { metrics, closing }: { metrics: Metrics; closing: ClosingService },
): void => {
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
    done(closing.isClosing ? closingFault() : refusalOf(request));
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing.isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: routeOf(request) };
    requests.inc({ ...labels, status: String(reply.raw.statusCode) });
    seconds.observe(labels, reply.elapsedTime);
    done();
  });
};

const closingFault = (): Fault =>
  new Fault('UNAVAILABLE', 'this router is closing: ask again, or another router', {
    reason: 'router_closing',
  });

/** The route's pattern and not the URL: labels must be few. */
const routeOf = (request: FastifyRequest): string =>
  request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');

const refusalOf = (request: FastifyRequest): Fault | undefined => {
  const { headers, raw } = request;
  if (headers.host === undefined && raw.httpVersion === '1.1')
    return faultOfStatus(400, 'the header Host is missing: send it');
  return hasForeignBody(request) ? faultOfStatus(415, 'not JSON') : undefined;
};

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const hasForeignBody = (request: FastifyRequest): boolean =>
  hasBody(request) && (!JSON_TYPE.test(request.headers['content-type'] ?? '') || isEncoded(request));

/** A body is taken as it is: nothing is unpacked, however small it was packed. */
const isEncoded = ({ headers }: FastifyRequest): boolean =>
  !/^(identity)?$/i.test(headers['content-encoding'] ?? '');
