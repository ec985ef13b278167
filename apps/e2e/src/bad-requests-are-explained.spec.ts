import { errorBody } from '@ganglion/contracts';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, post, question, send } from './client.fixture.js';

const chat = question(JAPAN);

interface Refusal {
  status: number;
  param?: string | null;
  code?: string;
  /** What the message must name. */
  says: RegExp;
}

describe('a bad request', () => {
  let network: NetworkAddress;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
  });
  afterAll(async () => {
    expect((await clientOf(network).chat(chat)).text).toContain('Tokyo');
  });

  const refusalOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('x-request-id')).toMatch(/\S/);
    const body: unknown = await response.json();
    const { error } = errorBody.parse(body);
    return { status: response.status, ...error };
  };

  const expectRefusal = async (response: Response, { status, param = null, code, says }: Refusal) =>
    expect(await refusalOf(response)).toMatchObject({
      status,
      param,
      message: expect.stringMatching(says),
      ...(code ? { code } : {}),
    });

  it.each<[string, unknown, Refusal]>([
    ['no model', { messages: chat.messages }, { status: 400, param: 'model', says: /model is missing/ }],
    [
      'an unknown model',
      { ...chat, model: 'gpt-17' },
      { status: 404, param: 'model', code: 'model_not_found', says: /gpt-17/ },
    ],
    ['max_tokens 0', { ...chat, max_tokens: 0 }, { status: 400, param: 'max_tokens', says: /max_tokens/ }],
    [
      'max_tokens in words',
      { ...chat, max_tokens: 'all' },
      { status: 400, param: 'max_tokens', says: /number/ },
    ],
    ['temperature 3', { ...chat, temperature: 3 }, { status: 400, param: 'temperature', says: /2/ }],
    [
      'an unknown parameter',
      { ...chat, temprature: 1 },
      { status: 400, param: 'temprature', code: 'unknown_parameter', says: /temprature/ },
    ],
    [
      'a parameter of OpenAI that is not supported',
      { ...chat, tools: [{ type: 'function' }] },
      {
        status: 400,
        param: 'tools',
        code: 'unsupported_parameter',
        says: /tools is not supported yet/,
      },
    ],
    [
      'likely tokens without log-probabilities',
      { ...chat, top_logprobs: 3 },
      { status: 400, param: 'top_logprobs', says: /send "logprobs": true/ },
    ],
    [
      'more log-probabilities than an answer holds',
      { ...chat, logprobs: true, top_logprobs: 20, max_tokens: 1_000 },
      { status: 400, param: 'max_tokens', says: /at most 12000 log-probabilities/ },
    ],
    [
      'a bias of a token that the model does not have',
      { ...chat, logit_bias: { 4294967295: 1 } },
      { status: 400, code: 'invalid_request', says: /logit_bias: token 4294967295 is none of this model's/ },
    ],
    ['no messages', { model: 'tiny', messages: [] }, { status: 400, param: 'messages', says: /messages/ }],
    [
      'a message of nobody',
      { model: 'tiny', messages: [{ role: 'oracle', content: 'hm' }] },
      { status: 400, param: 'messages.0.role', says: /system, developer, user or assistant/ },
    ],
    [
      'a character that no database holds',
      { ...question('a\0b') },
      { status: 400, param: 'messages.0.content', says: /U\+0000/ },
    ],
    [
      'half a character',
      { ...question('\ud83d') },
      { status: 400, param: 'messages.0.content', says: /lone surrogate/ },
    ],
    ['an array as the body', [], { status: 400, says: /the body/ }],
    [
      'a session that does not exist',
      { ...chat, ganglion: { sessionId: '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77' } },
      { status: 404, param: 'ganglion.sessionId', says: /01936f2e/ },
    ],
    [
      'more redundancy than anybody may ask for',
      { ...chat, ganglion: { redundancy: 6 } },
      { status: 400, param: 'ganglion.redundancy', says: /5/ },
    ],
  ])('with %s is refused with the field and the remedy', async (_what, body, refusal) => {
    await expectRefusal(await send(network, '/v1/chat/completions', post(body)), refusal);
  });

  it.each([{ stream: false }, { stream: true }])(
    'with a prompt longer than the model’s context is refused by the miner’s own count: %j',
    async (options) => {
      const long = { ...question('word '.repeat(5_000)), ...options };
      const response = await send(network, '/v1/chat/completions', post(long));
      const text = await response.text();
      expect(text).toMatch(/1024|context/);
      expect(text).toMatch(/invalid_request/);
      if (!options.stream) expect(response.status).toBe(400);
    },
  );

  it('that is not JSON is refused as such', async () => {
    const response = await send(network, '/v1/chat/completions', {
      method: 'POST',
      body: '{"model": "tiny",',
    });
    await expectRefusal(response, { status: 400, says: /JSON/ });
  });

  it('of another media type is refused as such', async () => {
    const headers = { 'content-type': 'text/plain' };
    const response = await send(network, '/v1/chat/completions', { ...post(chat), headers });
    await expectRefusal(response, { status: 415, says: /application\/json/ });
  });

  it('larger than 2 MB is refused for its size', async () => {
    const large = question('a'.repeat(2_500_000));
    const response = await send(network, '/v1/chat/completions', post(large));
    await expectRefusal(response, { status: 413, says: /2 MB/ });
  });

  it.each([
    ['without a key', ''],
    ['with a wrong key', 'Bearer gk_0000000000000000000000000000000000000000000'],
    ['with something else than a key', 'Basic dXNlcjpwYXNz'],
  ])('%s is refused as unauthenticated', async (_what, authorization) => {
    const response = await send(network, '/v1/chat/completions', {
      ...post(chat),
      headers: { authorization },
    });
    await expectRefusal(response, { status: 401, says: /gk_…/ });
  });

  it('with a key that was revoked is refused, long before the router would forget it by itself', async () => {
    const { keyId, apiKey } = await newKey(network, 'revoked');
    const key = { url: network.url, apiKey };
    expect((await send(key, '/v1/models')).status).toBe(200);
    expect((await send(network, `/v1/keys/${keyId}`, { method: 'DELETE' })).ok).toBe(true);
    const refused = await eventually(
      async () => {
        const response = await send(key, '/v1/models');
        return response.status !== 200 && response;
      },
      { timeoutMs: 5_000 },
    );
    await expectRefusal(refused, { status: 401, says: /API key/ });
  });

  it('for what only admins may is refused with the scope it lacks', async () => {
    const { apiKey } = await newKey(network, 'modest');
    const response = await send(
      { url: network.url, apiKey },
      '/v1/keys',
      post({ name: 'more', scopes: ['admin'] }),
    );
    await expectRefusal(response, { status: 403, says: /admin/ });
  });

  it.each([
    ['GET', '/v1/nowhere', 404],
    ['GET', '/v1/tasks/not-a-uuid', 400],
    ['GET', '/v1/tasks/01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77', 404],
    ['GET', '/v1/nodes/UNKNOWN', 400],
    ['GET', '/v1/nodes?limit=0', 400],
    ['DELETE', '/v1/sessions/01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77', 404],
  ])('%s %s is answered %i, in the same shape', async (method, path, status) => {
    const headers = { 'content-type': 'text/plain' };
    expect((await refusalOf(await send(network, path, { method, headers }))).status).toBe(status);
  });
});
