import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { errorBody, sessionQueue } from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { API_KEY, Neighbours, taskOf } from './neighbours.fixture.js';

jest.setTimeout(30_000);

describe('the edge of the router', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  afterAll(() => neighbours[Symbol.asyncDispose]());

  /** Sends bytes over a connection of their own, and reads the answer to its end. */
  const say = async (text: string) => {
    const { hostname, port } = new URL(neighbours.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(text, 'latin1'));
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.once('error', reject);
      socket.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const { error } = errorBody.parse(JSON.parse(body));
    return { status: Number(head.split(' ')[1]), head, error };
  };
  const request = (line: string, ...headers: string[]): string =>
    [line, 'Connection: close', `Authorization: Bearer ${API_KEY}`, ...headers, '', ''].join('\r\n');

  it.each([
    ['bytes that are no HTTP', 'hello\r\n\r\n', 400, /well-formed/],
    ['an unknown method', request('FROB / HTTP/1.1', 'Host: a'), 400, /well-formed/],
    [
      'two lengths',
      request('POST /v1/keys HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Content-Length: 2'),
      400,
      /./,
    ],
    ['too many headers', request('GET / HTTP/1.1', `X: ${'x'.repeat(50_000)}`), 431, /16 kB/],
    ['no host', request('GET /v1/models HTTP/1.1'), 400, /Host/],
    [
      'a parameter without end',
      request(`GET /v1/tasks/${'x'.repeat(2_000)} HTTP/1.1`, 'Host: a'),
      414,
      /too long/,
    ],
    [
      'a long unknown address',
      request(`GET /${'x'.repeat(9_000)} HTTP/1.1`, 'Host: a'),
      404,
      /does not exist/,
    ],
    [
      'a packed body',
      `${request('POST /v1/keys HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Length: 2')}{}`,
      415,
      /Content-Encoding/,
    ],
  ])('answers %s in the shape of errors, and shortly', async (_what, text, status, says) => {
    const answer = await say(text);
    expect(answer).toMatchObject({
      status,
      error: { code: expect.any(String), message: expect.stringMatching(says) },
    });
    expect(answer.head).toMatch(/x-request-id: \S+/i);
    expect(answer.error.message.length).toBeLessThan(500);
  });

  it.each([
    ['unknown parameters', { ['x'.repeat(100_000)]: 1, model: 'tiny', messages: [] }],
    [
      'very many of them',
      Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`field${index}`, 1])),
    ],
  ])('does not send %s back at length', async (_what, body) => {
    const response = await fetch(`${neighbours.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect((await response.text()).length).toBeLessThan(3_000);
  });

  it('names a part of the address by what it must be', async () => {
    const { error } = await say(request('GET /v1/tasks/word HTTP/1.1', 'Host: a'));
    expect(error).toMatchObject({ message: expect.stringMatching(/^the task id: .*UUID/i) });
  });

  it('describes its routes to anyone', async () => {
    const response = await fetch(`${neighbours.url}/openapi.json`);
    const { openapi, paths } = (await response.json()) as { openapi: string; paths: Record<string, object> };
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/keys', '/v1/tasks/{id}/receipt', '/openapi.json']),
    );
  });

  it('ends while clients go on asking over connections that they keep', async () => {
    const ending = await Neighbours.start();
    // Slow enough that no connection is idle when the server closes those that are.
    ending.answer(sessionQueue.get, async ({ taskId }) => {
      await sleep(20);
      return taskOf({ taskId });
    });
    const headers = { authorization: `Bearer ${API_KEY}` };
    let answered = 0;
    /** Asks until it is told to go, or nobody listens any more. */
    const client = async (): Promise<string> => {
      for (;;) {
        const response = await fetch(`${ending.url}/v1/tasks/${taskOf({}).taskId}`, { headers }).catch(
          () => null,
        );
        if (!response) return 'nobody there';
        const body: unknown = await response.json();
        if (!response.ok) return `${response.status} ${errorBody.parse(body).error.code}`;
        answered++;
      }
    };
    const clients = Array.from({ length: 4 }, client);
    await eventually(() => answered > 20);
    await ending[Symbol.asyncDispose]();
    for (const end of await Promise.all(clients)) expect(end).toMatch(/^(503 router_closing|nobody there)$/);
  });
});
