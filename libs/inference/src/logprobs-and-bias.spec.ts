import type { Engine } from './engine.js';
import { chat, collect, openBuilt, request, textOf } from './testing/tiny-engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openBuilt();
});
afterAll(() => engine.close());

const JAPAN = chat('What is the capital of Japan?');

describe('log-probabilities of an answer', () => {
  it('come with every token when they are asked for, and only then', async () => {
    const tokens = await collect(engine, { ...request(JAPAN), logprobs: 5 });
    for (const { id, evidence, logprobs } of tokens) {
      expect(logprobs).toHaveLength(6);
      const [own, first, second] = logprobs!;
      // Greedy: the chosen token is the most likely one.
      expect(own).toEqual(first);
      expect([own![0], second![0]]).toEqual([id, evidence.top2Id]);
      const sum = logprobs!.slice(1).reduce((total, [, logprob]) => total + Math.exp(logprob / 10_000), 0);
      expect(sum).toBeLessThanOrEqual(1.001);
    }
    const names = tokens.slice(0, -1).map(({ logprobs }) => logprobs![0]![2]);
    expect(names.join('')).toBe(textOf(tokens));
    expect(tokens.at(-1)!.logprobs![0]![2]).toEqual({ special: expect.any(String) });
    expect((await collect(engine, request(JAPAN))).some((token) => 'logprobs' in token)).toBe(false);
  });

  it('are of the raw logits, whatever the sampling: equal for equal beginnings', async () => {
    const [greedy] = await collect(engine, { ...request(JAPAN, { maxTokens: 1 }), logprobs: 20 });
    const hot = { temperature: 1.7, topP: 0.3, presencePenalty: 2, maxTokens: 1 };
    const [drawn] = await collect(engine, { ...request(JAPAN, hot), logprobs: 20 });
    expect(drawn!.logprobs!.slice(1)).toEqual(greedy!.logprobs!.slice(1));
  });

  it('go on for a resumed answer as for one that was never interrupted', async () => {
    const whole = await collect(engine, { ...request(JAPAN), logprobs: 2 });
    const resumeFrom = whole.slice(0, 3).map(({ id, text }) => ({ id, text }));
    const rest = await collect(engine, { ...request(JAPAN), logprobs: 2, resumeFrom });
    expect(rest).toEqual(whole.slice(3));
  });

  it.each([-1, 21, 0.5])('of %d alternatives are refused', async (logprobs) => {
    await expect(collect(engine, { ...request(JAPAN), logprobs })).rejects.toMatchObject({
      code: 'PROMPT_INVALID',
      field: 'logprobs',
    });
  });
});

describe('a logit bias', () => {
  it('bans a token, and the others go on without it', async () => {
    const plain = await collect(engine, request(JAPAN));
    const { id } = plain[1]!;
    const banned = await collect(engine, request(JAPAN, { logitBias: [[id, -100]] }));
    expect(banned.length).toBeGreaterThan(1);
    expect(banned.map((token) => token.id)).not.toContain(id);
  });

  it('forces a token, whose evidence stays that of the raw logits', async () => {
    const [plain] = await collect(engine, request(JAPAN, { maxTokens: 1 }));
    const forced = (plain!.id + 1) % engine.model.vocabSize;
    const tokens = await collect(engine, request(JAPAN, { maxTokens: 3, logitBias: [[forced, 100]] }));
    expect(tokens.map(({ id }) => id)).toEqual([forced, forced, forced]);
    expect(tokens[0]!.evidence).toEqual(plain!.evidence);
  });

  it('of a token that the model does not have is refused', async () => {
    const logitBias: [number, number][] = [[engine.model.vocabSize, 1]];
    await expect(collect(engine, request(JAPAN, { logitBias }))).rejects.toMatchObject({
      code: 'PROMPT_INVALID',
      field: 'sampling.logitBias[0]',
    });
  });
});
