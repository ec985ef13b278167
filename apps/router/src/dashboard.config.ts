import { pipeline, type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { isUtf8MimeType, mime, send, type SendOptions } from '@fastify/send';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { packingsFor, pagePartOf } from './page-paths.js';

/** Where the dashboard is built to: beside this app, from its sources as from its build. */
export const builtDashboard = fileURLToPath(new URL('../../dashboard/dist/web', import.meta.url));

const INDEX = 'index.html';
const PLAIN = { encoding: undefined, ending: '' };
/** What is packed on its way if it was not before: text that is longer than this. */
const TEXT = /^(text\/|application\/(javascript|json)|image\/svg)/;
const WORTH_BYTES = 1_024;
const KEPT_MS = 365 * 86_400_000;
const UNBUILT = `This is the router of a Ganglion network. Its dashboard is not built: run

    npm run build --workspace @ganglion/dashboard

or set DASHBOARD_DIR to the folder that holds its ${INDEX}. The interface for clients is at /openapi.json.
`;

/** The page runs its own scripts only, talks to this router only, and is shown in no other page's frame. */
const guards = {
  'content-security-policy': [
    "default-src 'self'",
    // The component library sets sizes and places by style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Serves the dashboard's page at every address that is no route's, to whoever wants HTML, and its files: those whose names
 * hold a hash are kept for good, the others are asked for again each time. Files with `.br` and `.gz` beside go
 * out as these, other text is packed on its way.
 * @param directory with `index.html`; when that is missing, `/` says how to build it
 */
export const serveDashboard = (fastify: FastifyInstance, { directory }: { directory: string }): void => {
  // Not async: every request comes by, and nearly all have a route.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 || (request.method !== 'GET' && request.method !== 'HEAD')) return done();
    answer(request, reply, directory).then((isAnswered) => {
      if (!isAnswered) done();
    }, done);
  });
};

/** False: there is nothing, and the request goes on to its 404. */
const answer = async (request: FastifyRequest, reply: FastifyReply, directory: string): Promise<boolean> => {
  const path = pathOf(request);
  const part = pagePartOf(path, request.headers.accept);
  if (part === 'nothing') return false;
  const sent = await read(request, part === 'page' ? INDEX : path, {
    root: directory,
    index: false,
    dotfiles: 'ignore',
    ...(part === 'asset' ? { maxAge: KEPT_MS, immutable: true } : { maxAge: 0 }),
  });
  if (sent) {
    const headers = { ...guards, ...sent.headers };
    reply.status(sent.status).headers(headers).send(sent.stream);
    return true;
  }
  if (path !== '') return false;
  reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(UNBUILT);
  return true;
};

/** Without its leading slash, decoded. */
const pathOf = ({ url }: FastifyRequest): string => {
  const path = url.split('?')[0]?.slice(1) ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    // It names no file of ours.
    return path;
  }
};

/** A file, packed as the client likes it best; undefined if there is none. */
const read = async (request: FastifyRequest, path: string, options: SendOptions) => {
  const type = mime.getType(path) ?? 'application/octet-stream';
  const common = {
    'content-type': isUtf8MimeType(type) ? `${type}; charset=utf-8` : type,
    vary: 'accept-encoding',
  };
  const packings = packingsFor(request.headers['accept-encoding']);
  for (const { encoding, ending } of [...packings, PLAIN]) {
    const sent = await send(request.raw, encodeURI(`${path}${ending}`), { ...options, contentType: false });
    if (sent.type !== 'file') continue;
    const { statusCode: status, stream } = sent;
    const headers = { ...lowerCase(sent.headers), ...common };
    if (encoding !== undefined)
      return { status, headers: { ...headers, 'content-encoding': encoding }, stream };
    const isWhole = status === 200 && request.method === 'GET' && sent.metadata.stat.size >= WORTH_BYTES;
    const isGzip = packings.some((each) => each.encoding === 'gzip');
    return isWhole && isGzip && TEXT.test(type) ? packed(headers, stream) : { status, headers, stream };
  }
  return undefined;
};

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What was not packed when it was built is packed on its way: how long it gets is not known, nor may parts be asked for. */
const packed = (
  { 'content-length': _length, 'accept-ranges': _ranges, ...headers }: Record<string, string>,
  stream: Readable,
) => {
  const gzip = createGzip();
  // An error ends the answer in the middle, which its receiver sees.
  pipeline(stream, gzip, () => undefined);
  return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, stream: gzip };
};
