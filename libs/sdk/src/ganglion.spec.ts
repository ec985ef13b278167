import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ganglion } from './ganglion.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('Ganglion', () => {
  let server: Server;
  let answer: Answer;
  let ganglion: Ganglion;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    ganglion = new Ganglion({ url: `http://127.0.0.1:${port}/`, apiKey: 'gk_test' });
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));

  const json =
    (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
    (_, response) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
  const ask = () => ganglion.chat({ model: 'tiny', messages: [{ role: 'user', content: 'hi' }] });

  it('sends the key and the parameters, and reads the answer', async () => {
    let seen = '';
    answer = (request, response) => {
      let body = '';
      request.on('data', (data: Buffer) => (body += data.toString()));
      request.on('end', () => {
        seen = `${request.method} ${request.url} ${request.headers.authorization} ${body}`;
        json(200, {
          model: 'tiny',
          choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
          ganglion: { taskId: '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77', receipt: '/r' },
        })(request, response);
      });
    };
    expect(await ask()).toMatchObject({ text: 'Hello', receipt: '/r' });
    expect(seen).toBe(
      'POST /v1/chat/completions Bearer gk_test {"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":false}',
    );
  });

  it('throws what the router refuses, with all it says', async () => {
    const error = {
      message: 'slow down',
      type: 'rate_limit_error',
      param: 'model',
      code: 'rate_limit_exceeded',
    };
    answer = json(429, { error }, { 'x-request-id': 'r-1', 'x-ganglion-task': 't-1', 'retry-after': '7' });
    await expect(ask()).rejects.toMatchObject({
      name: 'GanglionError',
      message: 'slow down',
      status: 429,
      code: 'rate_limit_exceeded',
      param: 'model',
      requestId: 'r-1',
      taskId: 't-1',
      retryAfterSeconds: 7,
    });
  });

  it('says so when something else than a router answers', async () => {
    answer = (_, response) => void response.writeHead(502).end('<html>bad gateway</html>');
    await expect(ask()).rejects.toMatchObject({ status: 502, code: 'unexpected_answer' });
    answer = json(200, { hello: 'world' });
    await expect(ask()).rejects.toMatchObject({ status: 200, code: 'unexpected_answer' });
  });

  it('says so when nobody answers', async () => {
    const nobody = new Ganglion({ url: 'http://127.0.0.1:9', apiKey: 'x' });
    await expect(nobody.models()).rejects.toMatchObject({ status: 0, code: 'connection_failed' });
    expect(() => new Ganglion({ url: 'localhost:8080' })).toThrow(/http/);
  });

  it('throws the reason of an abort', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('enough'));
    await expect(ganglion.models({ signal: stop.signal })).rejects.toThrow('enough');
  });

  it('closes the connection of a stream that is aborted', async () => {
    const stop = new AbortController();
    const closed = new Promise<void>((resolve) => {
      answer = (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('id: 0.1.a\ndata: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
        request.socket.once('close', () => resolve());
      };
    });
    const stream = await ganglion.stream(
      { model: 'tiny', messages: [{ role: 'user', content: 'hi' }] },
      { signal: stop.signal },
    );
    const read = async (): Promise<void> => {
      for await (const _ of stream) stop.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    await closed;
  });

  it('tells a network that is not ready from one that is not there', async () => {
    answer = json(503, { ready: false, checks: { broker: true, session: false } });
    expect(await ganglion.ready()).toEqual({ ready: false, checks: { broker: true, session: false } });
  });

  it('asks for what a node has earned, and why, under the node’s name', async () => {
    const nodeId = `U${'A'.repeat(55)}`;
    const asked: string[] = [];
    const answers: Record<string, object> = {
      history: { nodeId, level: 3, items: [], nextCursor: null },
      series: { nodeId, series: [{ phase: 'ping', all: [1, 2], succeeded: [2], days: [] }] },
    };
    answer = (request, response) => {
      asked.push(request.url ?? '');
      json(200, answers[/(history|series)/.exec(request.url ?? '')?.[0] ?? ''] ?? {})(request, response);
    };
    const { level } = await ganglion.reputation.history(nodeId, { cursor: '9', limit: 2 });
    const { series } = await ganglion.reputation.series(nodeId, 'ping');
    expect({ level, pings: series[0]?.all.length }).toEqual({ level: 3, pings: 2 });
    await expect(ganglion.reputation.explain(nodeId)).rejects.toMatchObject({ name: 'GanglionError' });
    expect(asked).toEqual([
      `/v1/reputation/${nodeId}/history?cursor=9&limit=2`,
      `/v1/reputation/${nodeId}/series?phase=ping`,
      `/v1/reputation/${nodeId}/explain`,
    ]);
  });
});
