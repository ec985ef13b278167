import { z } from 'zod';
import { exampleOf, type Facts, type JsonSchema, strangers } from './bad-input-example.fixture.js';
import { badInputs } from './bad-input-plan.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';

/** One HTTP request as it goes out; `path` is sent as it is. */
export interface RestRequest {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

const parameter = z.object({ name: z.string(), in: z.string(), schema: z.custom<JsonSchema>() });
const operation = z.object({
  parameters: z.array(parameter),
  requestBody: z
    .object({ content: z.object({ 'application/json': z.object({ schema: z.custom<JsonSchema>() }) }) })
    .optional(),
});
/** What `/openapi.json` says, as far as the walk reads it. */
export const routes = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: z.infer<typeof operation>;
}

export const routesOf = ({ paths }: z.infer<typeof routes>): Route[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => ({
      method: method.toUpperCase(),
      path,
      operation: told,
    })),
  );

const badSegments = [
  'word',
  strangers.uuid,
  strangers.uuid.toUpperCase(),
  strangers.nodeId,
  strangers.hash,
  '%00',
  '%0d%0aset-cookie:x',
  '%ED%A0%80',
  '%E0%A4%A',
  '%FF',
  '%',
  '..%2f..%2fetc%2fpasswd',
  '%F0%9F%92%A5',
  '__proto__',
  'constructor',
  "'%20OR%201=1--",
  '%7B%22a%22:1%7D',
  '*',
  '%3E',
  '0',
  '-1',
  'x'.repeat(120),
  'x'.repeat(6_000),
];
const badQueryValues = [
  '',
  '0',
  '-1',
  '1e9',
  '1.5',
  'NaN',
  'Infinity',
  'null',
  'true',
  'word',
  '%00',
  '%ED%A0%80',
  '%E0%A4%A',
  '99999999999999999999',
  'x'.repeat(5_000),
  strangers.uuid,
  '%7B%7D',
];
const badQueries = [
  'unknown=1',
  '__proto__=1',
  '__proto__[isAdmin]=1',
  'constructor=1',
  'a&a&a',
  '&&&===',
  '%',
  '=%ED%A0%80',
  `${'a=1&'.repeat(1_000)}`,
];
const badAuthorizations = [
  '',
  'Bearer',
  'Bearer ',
  'Bearer gk_',
  'Bearer gk_0000000000000000000000000000000000000000000',
  'Bearer gk_0000000000000000 gk_0000000000000000',
  'bearer null',
  'Basic dXNlcjpwYXNz',
  'Bearer eyJhbGciOiJub25lIn0.e30.',
  `Bearer ${'x'.repeat(8_000)}`,
  'Bearer gk_\u00e9\u00ff0000000000000',
  '[object Object]',
];
const badHeaders: readonly Record<string, string>[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/json; charset="' },
  { 'content-type': '/' },
  { 'content-type': 'application/jsonx' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br, br, br' },
  { accept: 'image/webp' },
  { 'accept-encoding': 'identity;q=0, *;q=0' },
  { 'last-event-id': '999999999.-1.zzzzzzzz' },
  { 'last-event-id': 'x'.repeat(4_000) },
  { 'idempotency-key': '\u00ff'.repeat(300) },
  { 'x-request-id': '"><script>' },
  { traceparent: '00-zz-zz-zz' },
  { 'x-forwarded-for': '::::, 999.999.999.999' },
  { 'x-http-method-override': 'DELETE' },
  { origin: 'null' },
  { expect: '100-continue' },
  { range: 'bytes=-1-9999999999999' },
  { cookie: 'a='.repeat(3_000) },
  { upgrade: 'h2c', connection: 'close' },
];
const otherMethods = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'PROPFIND',
  'LOCK',
  'TRACE',
];

/** What is good after all would be done, by an admin: it is asked of nodes that are not there. */
const harmful = ['/v1/nodes/{id}/actions'];

export interface RestFacts {
  readonly authorization: string;
  /** Real ids by the part of the path before them: `tasks`, `sessions`, `nodes`… */
  readonly ids: Readonly<Record<string, string>>;
  readonly fields: Facts;
}

/** So many requests for one route, each wrong in its path, query, body, key, headers or method. */
export const restRequests = (
  route: Route,
  { authorization, ids, fields }: RestFacts,
  { chance, count }: { chance: Chance; count: number },
): RestRequest[] => {
  const body = route.operation.requestBody?.content['application/json'].schema;
  const example = body && (exampleOf(body, fields) as object);
  const good = Buffer.from(JSON.stringify(example ?? {}));
  const real: RestFacts['ids'] = harmful.includes(route.path) ? { nodes: strangers.nodeId } : ids;
  const path = route.path.replace(
    /([^/]+)\/\{\w+\}/g,
    (_, part: string) => `${part}/${real[part] ?? strangers.uuid}`,
  );
  const parameters = route.operation.parameters.filter((told) => told.in === 'query').map(({ name }) => name);
  const json = { 'content-type': 'application/json' };
  const base = { method: route.method, path, headers: { authorization, ...(body ? json : {}) } };
  const whole = { ...base, ...(body ? { body: good } : {}) };
  const bodies = badInputs(example ?? {}, {
    chance,
    count: body ? Math.ceil(count * 0.7) : 6,
    large: 2_200_000,
  });
  const ways: (() => Omit<RestRequest, 'what'> & { what?: string })[] = [
    () => ({ ...whole, path: route.path.replace(/\{\w+\}/g, () => chance.pick(badSegments)) }),
    () => ({ ...whole, path: `${path}?${queryOf(parameters, chance)}` }),
    () => ({ ...whole, headers: { ...whole.headers, authorization: chance.pick(badAuthorizations) } }),
    () => ({ ...whole, headers: { ...whole.headers, ...chance.pick(badHeaders) } }),
    () => ({ ...whole, method: chance.pick(otherMethods) }),
    () => ({ ...whole, path: `${path}${chance.pick(['/', '//', '/..', '/word', '%00', ';a=1', '.json'])}` }),
  ];
  const others = Array.from({ length: Math.max(0, count - bodies.length) }, () => {
    const request = chance.pick(ways)();
    return {
      what: `${request.method} ${request.path.slice(0, 120)} ${headersIn(request.headers)}`,
      ...request,
    };
  });
  const withBodies = bodies.map(({ what, data }) => ({
    what: `${route.method} ${route.path} (${what})`,
    ...base,
    headers: { ...base.headers, ...json },
    body: data,
  }));
  return [...withBodies, ...others];
};

const queryOf = (parameters: readonly string[], chance: Chance): string => {
  if (parameters.length === 0 || chance.below(4) === 0) return chance.pick(badQueries);
  const chosen = chance.sample(parameters, 1 + chance.below(2));
  return chosen
    .map((name) => `${name}${chance.pick(['', '[]', '[a]'])}=${chance.pick(badQueryValues)}`)
    .join('&');
};

const headersIn = ({ authorization = '', ...headers }: Readonly<Record<string, string>>): string =>
  [
    authorization.slice(0, 12),
    ...Object.entries(headers).map(([name, value]) => `${name}=${value.slice(0, 30)}`),
  ].join(' ');
