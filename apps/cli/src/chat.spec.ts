import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './terminal.fixture.js';

const TASK_ID = '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77';
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

describe('ganglion chat', () => {
  let server: Server;
  let network: string[];
  let asked: Record<string, unknown> = {};
  let stream: unknown[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      if (request.url === '/v1/models') {
        const ganglion = { digest: 'ab'.repeat(32), contextLength: 512, nodes: 3 };
        return void response.end(JSON.stringify({ data: [{ id: 'tiny', ganglion }] }));
      }
      let body = '';
      for await (const part of request) body += String(part);
      asked = JSON.parse(body) as Record<string, unknown>;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of stream) response.write(`data: ${JSON.stringify(event)}\n\n`);
      response.end('data: [DONE]\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    network = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--api-key', 'gk_test'];
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  beforeEach(() => {
    stream = [
      { choices: [{ index: 0, delta: { content: 'To' } }] },
      { choices: [{ index: 0, delta: { content: 'kyo' } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage, ganglion: { taskId: TASK_ID, verdict: 'accepted', receipt: '/r' } },
    ];
  });

  it('prints the answer to a prompt', async () => {
    const { code, out, err } = await run([...network, 'chat', 'What is the capital of Japan?']);
    expect({ code, out, err }).toEqual({ code: 0, out: 'Tokyo\n', err: '' });
    expect(asked).toMatchObject({
      model: 'tiny',
      messages: [{ role: 'user', content: 'What is the capital of Japan?' }],
    });
  });

  it('says so when the answer is undecided, beside the answer', async () => {
    stream[3] = { choices: [], usage, ganglion: { taskId: TASK_ID, verdict: 'undecided', receipt: '/r' } };
    const { code, out, err } = await run([...network, 'chat', 'hi', '--redundancy', '3']);
    expect({ code, out }).toEqual({ code: 0, out: 'Tokyo\n' });
    expect(err).toMatch(/^undecided: /);
    expect(asked).toMatchObject({ ganglion: { redundancy: 3 } });
  });

  it('reads the prompt from standard input', async () => {
    await run([...network, 'chat'], 'piped in\n');
    expect(asked['messages']).toEqual([{ role: 'user', content: 'piped in' }]);
  });

  it('passes its options on', async () => {
    await run([
      ...network,
      'chat',
      'hi',
      '-m',
      'big',
      '-s',
      'be brief',
      '-t',
      '0',
      '--max-tokens',
      '9',
      '--seed',
      '7',
    ]);
    expect(asked).toMatchObject({
      model: 'big',
      temperature: 0,
      max_tokens: 9,
      seed: 7,
      messages: [{ role: 'system', content: 'be brief' }, { role: 'user' }],
    });
  });

  it('asks for an answer that satisfies the JSON schema of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ganglion-chat-'));
    const file = join(folder, 'city.json');
    await writeFile(file, '{"type": "object", "properties": {"city": {"type": "string"}}}');
    await run([...network, 'chat', 'hi', '--json-schema', file]);
    expect(asked['response_format']).toEqual({
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        strict: true,
        schema: { type: 'object', properties: { city: { type: 'string' } } },
      },
    });
    await writeFile(file, '[]');
    expect(await run([...network, 'chat', 'hi', '--json-schema', file])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/city\.json: a JSON schema is an object/),
    });
    await rm(folder, { recursive: true });
  });

  it('answers programs with one line of JSON', async () => {
    const { out } = await run([...network, '--json', 'chat', 'hi']);
    expect(JSON.parse(out)).toMatchObject({ text: 'Tokyo', usage, receipt: '/r', taskId: TASK_ID });
  });

  it('exits with 1 and the reason when the answer fails', async () => {
    stream = [
      {
        error: {
          message: 'the answer was rejected',
          type: 'server_error',
          param: null,
          code: 'answer_rejected',
        },
      },
    ];
    expect(await run([...network, 'chat', 'hi'])).toMatchObject({
      code: 1,
      err: 'ganglion: the answer was rejected\n',
    });
  });

  it.each([
    [['chat', ''], /prompt is empty/],
    [['chat', 'hi', '-t', 'warm'], /Not a number/],
    [['chat', 'hi', '--colour'], /unknown option/],
    [['chat', 'hi', '--json-schema', 'nowhere.json'], /nowhere\.json cannot be read as JSON/],
    [['dance'], /unknown command/],
  ])('exits with 2 for %j', async (args, message) => {
    const { code, err } = await run([...network, ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('explains itself', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['status', 'chat', 'verify', 'credentials', '--url', 'GANGLION_API_KEY', 'Exit codes'])
      expect(out).toContain(word);
  });
});
