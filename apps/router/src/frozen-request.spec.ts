import { type CompletionParameters, frozenRequest, type ModelView } from '@ganglion/contracts';
import { freezeRequest } from './frozen-request.js';
import { randomDraw } from './random-draw.js';

const model: ModelView = {
  id: 'tiny',
  digest: 'ab'.repeat(32),
  contextLength: 512,
  quantisation: 'fp32',
  parameters: 2_600_000,
  defaults: { temperature: 0.7, topP: 0.9, topK: 40, maxTokens: 128 },
  registeredAt: '2026-01-01T00:00:00.000Z',
  nodes: 3,
};
const draw = { seed: () => 42, salt: () => 'cd'.repeat(32) };
const freeze = (parameters: Partial<CompletionParameters>) =>
  freezeRequest(
    { model: 'tiny', messages: [{ role: 'user', content: 'hello' }], ...parameters },
    model,
    draw,
  );

describe('freezeRequest', () => {
  it('takes what the client left open from the model, and draws seed and salt', () => {
    expect(freeze({})).toEqual({
      model: 'tiny',
      modelDigest: model.digest,
      prompt: { messages: [{ role: 'user', content: 'hello' }] },
      choices: 1,
      sampling: {
        temperature: 0.7,
        topP: 0.9,
        topK: 40,
        minP: 0,
        presencePenalty: 0,
        frequencyPenalty: 0,
        repetitionPenalty: 1,
        seed: 42,
        maxTokens: 128,
        stop: [],
      },
      salt: draw.salt(),
    });
  });

  it('keeps the format of the answer as one that a miner takes', () => {
    const json_schema = { name: 'answer', schema: { type: 'object', properties: { b: {}, a: {} } } };
    const request = freeze({ response_format: { type: 'json_schema', json_schema } });
    expect(frozenRequest.parse(request).sampling.format).toEqual({
      type: 'json_schema',
      schema: '{"type":"object","properties":{"b":{},"a":{}}}',
    });
  });

  it('keeps what the client says, also where it says zero', () => {
    const { choices, sampling } = freeze({
      n: 2,
      temperature: 0,
      top_p: 0.5,
      top_k: 0,
      min_p: 0.1,
      presence_penalty: -1,
      frequency_penalty: 1,
      repetition_penalty: 1.2,
      seed: 0,
      max_tokens: 5,
      stop: ['a', 'b', 'a'],
    });
    expect(choices).toBe(2);
    expect(sampling).toEqual({
      temperature: 0,
      topP: 0.5,
      topK: 0,
      minP: 0.1,
      presencePenalty: -1,
      frequencyPenalty: 1,
      repetitionPenalty: 1.2,
      seed: 0,
      maxTokens: 5,
      stop: ['a', 'b'],
    });
  });

  it('writes one bias in one way: by rising id, without what adds nothing', () => {
    const { sampling } = freeze({ logit_bias: { 300: -100, 7: 0.5, 12: 0 } });
    expect(sampling.logitBias).toEqual([
      [7, 0.5],
      [300, -100],
    ]);
    expect(freeze({ logit_bias: { 12: 0 } })).toEqual(freeze({ logit_bias: null }));
  });

  it('asks for log-probabilities when the client does, and not by top_logprobs alone', () => {
    expect(freeze({ logprobs: true }).logprobs).toBe(0);
    expect(freeze({ logprobs: true, top_logprobs: 5 }).logprobs).toBe(5);
    for (const none of [{ logprobs: false }, { logprobs: false, top_logprobs: 0 }, { top_logprobs: null }])
      expect(freeze(none)).toEqual(freeze({}));
    expect(() => freeze({ top_logprobs: 5 })).toThrow(
      expect.objectContaining({ code: 'INVALID', details: { field: 'top_logprobs' } }),
    );
  });

  it('refuses more log-probabilities than an answer can carry, with the number that it can', () => {
    const heavy = { n: 8, logprobs: true, top_logprobs: 20 };
    expect(freeze({ ...heavy, max_tokens: 71 }).sampling.maxTokens).toBe(71);
    expect(() => freeze({ ...heavy, max_tokens: 72 })).toThrow(
      /at most 12000 log-probabilities.* at most 71/,
    );
    // What the client left open is chosen so that it fits.
    expect(freeze(heavy).sampling.maxTokens).toBe(71);
    expect(freeze({ logprobs: true, top_logprobs: 20 })).toMatchObject({ sampling: { maxTokens: 128 } });
  });

  it('takes null for not said', () => {
    expect(freeze({ temperature: null, seed: null, max_tokens: null, stop: null, n: null })).toEqual(
      freeze({}),
    );
  });

  it('joins text parts by line breaks and takes the developer for the system', () => {
    const { prompt } = freeze({
      messages: [
        { role: 'developer', content: 'be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'one' },
            { type: 'text', text: 'two' },
          ],
        },
      ],
    });
    expect(prompt).toEqual({
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'one\ntwo' },
      ],
    });
  });

  it('takes max_completion_tokens as max_tokens, and refuses two that differ', () => {
    expect(freeze({ max_completion_tokens: 7 }).sampling.maxTokens).toBe(7);
    expect(freeze({ max_completion_tokens: 7, max_tokens: 7 }).sampling.maxTokens).toBe(7);
    expect(() => freeze({ max_completion_tokens: 7, max_tokens: 8 })).toThrow(/send one of them/);
  });

  it('refuses more tokens than the context holds, naming the field', () => {
    expect(() => freeze({ max_tokens: 513 })).toThrow(
      expect.objectContaining({
        code: 'INVALID',
        details: { field: 'max_tokens', reason: 'context_length_exceeded' },
      }),
    );
  });

  it('refuses messages that no broker message can carry', () => {
    const messages = [1, 2, 3].map(() => ({ role: 'user' as const, content: 'é'.repeat(150_000) }));
    expect(() => freeze({ messages })).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });

  it('draws seeds that JSON carries exactly and salts of 32 bytes, each its own', () => {
    const drawn = Array.from({ length: 200 }, () =>
      freezeRequest({ model: 'tiny', messages: [{ role: 'user', content: 'x' }] }, model, randomDraw),
    );
    for (const request of drawn) expect(frozenRequest.safeParse(request).error).toBeUndefined();
    expect(new Set(drawn.map(({ salt }) => salt)).size).toBe(200);
    expect(new Set(drawn.map(({ sampling }) => sampling.seed)).size).toBe(200);
    expect(Math.max(...drawn.map(({ sampling }) => sampling.seed))).toBeGreaterThan(2 ** 50);
  });
});
