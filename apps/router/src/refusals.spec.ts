import { completionParameters, Fault } from '@ganglion/contracts';
import { answerFault } from './error-body.js';
import { parseInput } from './input.js';
import { withoutUnsupported } from './unsupported.js';

const body = { model: 'tiny', messages: [{ role: 'user', content: 'hello' }] };

const refusal = (value: unknown) => {
  try {
    parseInput(completionParameters, withoutUnsupported(value), 'the body');
  } catch (error) {
    if (error instanceof Fault) return answerFault(error);
    throw error;
  }
  return undefined;
};

describe('a refused request', () => {
  it.each([
    ['no JSON object', 'hello', null, /must be a JSON object/],
    ['no body', undefined, null, /must be a JSON object/],
    ['no model', { messages: body.messages }, 'model', /model is missing/],
    ['no messages', { model: 'tiny' }, 'messages', /messages is missing/],
    ['a wrong type', { ...body, temperature: 'hot' }, 'temperature', /temperature: /],
    ['a number out of range', { ...body, temperature: 3 }, 'temperature', /2/],
    ['no tokens asked for', { ...body, max_tokens: 0 }, 'max_tokens', /1/],
    [
      'a role nobody knows',
      { ...body, messages: [{ role: 'boss', content: 'x' }] },
      'messages.0.role',
      /user or assistant/,
    ],
    [
      'an image',
      { ...body, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      'messages.0.content',
      /not supported yet/,
    ],
    ['too many stops', { ...body, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', /at most 4/],
    ['a bias beyond its range', { ...body, logit_bias: { 5: 101 } }, 'logit_bias.5', /100/],
    ['a bias of a word', { ...body, logit_bias: { fox: -100 } }, 'logit_bias', /token ids as keys/],
    ['a bias of no token', { ...body, logit_bias: { '-1': 1 } }, 'logit_bias', /token ids as keys/],
    ['a bias written in two ways', { ...body, logit_bias: { '07': 1 } }, 'logit_bias', /token ids as keys/],
    [
      'too many biases',
      { ...body, logit_bias: Object.fromEntries(Array.from({ length: 1_025 }, (_, id) => [id, 1])) },
      'logit_bias',
      /at most 1024/,
    ],
    ['too many likely tokens', { ...body, logprobs: true, top_logprobs: 21 }, 'top_logprobs', /20/],
    ['a count of log-probabilities', { ...body, logprobs: 5 }, 'logprobs', /boolean/],
    ['a bad session', { ...body, ganglion: { sessionId: 'x' } }, 'ganglion.sessionId', /UUID/],
  ])('with %s names the field and the remedy', (_, value, param, message) => {
    const answer = refusal(value);
    expect(answer?.status).toBe(400);
    expect(answer?.body.error).toMatchObject({ type: 'invalid_request_error', param, code: 'invalid_value' });
    expect(answer?.body.error.message).toMatch(message);
  });

  it('names every unknown parameter', () => {
    const error = refusal({ ...body, temprature: 1, foo: 2 })?.body.error;
    expect(error).toMatchObject({ param: 'temprature', code: 'unknown_parameter' });
    expect(error?.message).toMatch(/temprature, foo/);
  });

  it.each([
    ['tools', [{ type: 'function' }]],
    ['prediction', {}],
  ])('with %s says that it is not supported yet', (name, value) => {
    expect(refusal({ ...body, [name]: value })?.body.error).toMatchObject({
      message: expect.stringMatching(/not supported yet/),
      param: name,
      code: 'unsupported_parameter',
    });
  });

  it('with the role tool says that it is not supported yet', () => {
    const messages = [{ role: 'tool', content: 'x', tool_call_id: '1' }];
    expect(refusal({ ...body, messages })?.body.error.message).toMatch(/"tool" is not supported yet/);
  });
});

describe('withoutUnsupported', () => {
  it('drops what client libraries send without asking for anything', () => {
    const harmless = {
      tools: [],
      store: false,
      tool_choice: 'auto',
      audio: null,
    };
    expect(withoutUnsupported({ ...body, ...harmless })).toEqual(body);
  });

  it('takes an answer of ours back as part of the conversation', () => {
    const message = { role: 'assistant', content: 'Tokyo', refusal: null, tool_calls: [], annotations: [] };
    expect(refusal({ ...body, messages: [...body.messages, message, body.messages[0]] })).toBeUndefined();
  });

  it('is not misled by names that every object has', () => {
    expect(refusal({ ...body, constructor: 1 })?.body.error.param).toBe('constructor');
  });
});
