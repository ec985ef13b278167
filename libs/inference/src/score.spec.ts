import { readFileSync } from 'node:fs';
import type { Engine, GeneratedToken, GenerateRequest, Sampling, Score } from './engine.js';
import { gapTolerance } from './sampling/gap-tolerance.js';
import { randomFrom } from './testing/random.js';
import { chat, collect, openBuilt, request } from './testing/tiny-engine.js';

/** As `ganglion model calibrate bundled:tiny` measured them. */
const CALIBRATED = new URL('../calibrations/tiny-int8.json', import.meta.url);
const { tolerances } = JSON.parse(readFileSync(CALIBRATED, 'utf8')) as {
  tolerances: { evidence: number; gap: number };
};

let engine: Engine;

beforeAll(async () => {
  engine = await openBuilt({ slots: 4 });
});

afterAll(() => engine.close());

const STORY = chat('Tell me a story about a fox.');
const never = new AbortController().signal;

const idsOf = (tokens: readonly { id: number }[]): number[] => tokens.map(({ id }) => id);

function score(what: GenerateRequest, claimed: number[], on = engine, signal = never): Promise<Score> {
  const { prompt, sampling, choice } = what;
  return on.score({ prompt, sampling, choice, claimed }, signal);
}

const suspects = ({ gaps }: Score, sampling: Sampling): number[] =>
  [...gaps.keys()].filter((at) => gaps[at]! > gapTolerance(tolerances.gap, sampling));

function expectHonest(scored: Score, tokens: readonly GeneratedToken[], sampling: Sampling): void {
  expect(scored.gaps).toHaveLength(tokens.length);
  expect(suspects(scored, sampling)).toEqual([]);
  expect(scored.gaps.filter((gap) => gap === 0).length).toBeGreaterThan(0.9 * tokens.length);
  expect([scored.gaps[0], scored.chosen[0]]).toEqual([0, tokens[0]!.id]);
  for (const [at, { evidence }] of tokens.entries()) {
    const [, top1, , top2] = scored.evidence.subarray(4 * at);
    expect(Math.abs(top1! - evidence.top1)).toBeLessThanOrEqual(tolerances.evidence);
    expect(Math.abs(top2! - evidence.top2)).toBeLessThanOrEqual(tolerances.evidence);
  }
}

describe('the score of an honest answer', () => {
  it.each([
    ['greedy', {}],
    ['sampled', { temperature: 1, seed: 5 }],
    ['of a nucleus', { temperature: 0.7, topP: 0.9, seed: 6 }],
    [
      'with penalties',
      { temperature: 0.8, repetitionPenalty: 1.2, frequencyPenalty: 0.3, presencePenalty: 0.2, seed: 7 },
    ],
    ['of the likelier', { temperature: 1.5, topK: 50, minP: 0.01, seed: 2 ** 52 }],
    ['stopped', { temperature: 1.2, seed: 6, stop: [' was a'] }],
  ])('is within the tolerance everywhere, and 0 almost everywhere: %s', async (_, options) => {
    for (const [choice, question] of ['Tell me a story about a fox.', 'Count from 10 to 99.'].entries()) {
      const what = { ...request(chat(question), { maxTokens: 200, ...options }), choice };
      const tokens = await collect(engine, what);
      expectHonest(await score(what, idsOf(tokens)), tokens, what.sampling);
    }
  });

  it('is within the tolerance when another engine took it over', async () => {
    const what = request(STORY, { temperature: 1, seed: 12, maxTokens: 90 });
    const first = (await collect(engine, what)).slice(0, 31);
    const resumeFrom = first.map(({ id, text }) => ({ id, text }));
    const rest = await collect(engine, { ...what, resumeFrom });
    expectHonest(await score(what, idsOf([...first, ...rest])), [...first, ...rest], what.sampling);
  });

  it('is the same to the bit on both bindings, with more threads, and at any other time', async () => {
    const what = request(chat('Count from 10 to 99.'), { temperature: 0.9, seed: 8, maxTokens: 300 });
    const answer = idsOf(await collect(engine, what));
    const claimed = [...answer, ...Array.from({ length: 130 }, (_, at) => (at * 7919) % 1280)];
    const first = await score(what, claimed);
    expect(await score(what, claimed)).toEqual(first);
    for (const options of [{ binding: 'onnxruntime-node' }, { threads: 2 }] as const) {
      const other = await openBuilt(options);
      expect(await score(what, claimed, other)).toEqual(first);
      await other.close();
    }
  });
});

describe('the score of a false answer', () => {
  const sampled = (seed: number): GenerateRequest =>
    request(STORY, { temperature: 1, topP: 0.95, seed, maxTokens: 80 });

  it('shows nearly every token that was replaced, where it was replaced', async () => {
    const below = randomFrom(20261124);
    let found = 0;
    for (let round = 0; round < 40; round++) {
      const what = round % 2 === 0 ? sampled(round) : request(STORY, { maxTokens: 80 });
      const claimed = idsOf(await collect(engine, what));
      const at = below(claimed.length);
      claimed[at] = (claimed[at]! + 1 + below(engine.model.vocabSize - 1)) % engine.model.vocabSize;
      const suspicious = suspects(await score(what, claimed), what.sampling);
      expect(suspicious.filter((position) => position < at)).toEqual([]);
      if (suspicious.includes(at)) found++;
    }
    expect(found).toBeGreaterThanOrEqual(36);
  });

  it('shows that another seed was drawn with', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const claimed = idsOf(await collect(engine, sampled(seed)));
      expect(suspects(await score(sampled(seed), claimed), sampled(seed).sampling)).toEqual([]);
      const other = sampled(seed + 1000);
      expect(suspects(await score(other, claimed), other.sampling).length).toBeGreaterThan(0);
    }
  });

  it('says which tokens the model would have given', async () => {
    const what = request(chat('Capital of Peru?'));
    const tokens = idsOf(await collect(engine, what));
    const claimed = [...tokens];
    claimed[2] = 7;
    const { chosen, gaps } = await score(what, claimed);
    expect([...chosen.subarray(0, 3)]).toEqual(tokens.slice(0, 3));
    expect([...gaps.subarray(0, 2)]).toEqual([0, 0]);
    expect(gaps[2]).toBeGreaterThan(gapTolerance(tolerances.gap, what.sampling));
  });
});

describe('scoring among answers', () => {
  it('changes no tokens, and no bit of the score', async () => {
    const what = request(chat('Count from 10 to 99.'), { maxTokens: 300 });
    const claimed = idsOf(await collect(engine, what));
    const alone = await score(what, claimed);
    const stories = [1, 2, 3, 4, 5].map((seed) =>
      request(STORY, { temperature: 1, seed, maxTokens: 60 + seed }),
    );
    const lonely: GeneratedToken[][] = [];
    for (const story of stories) lonely.push(await collect(engine, story));
    const scores = Array.from({ length: 4 }, () => score(what, claimed));
    expect(await Promise.all(stories.map((story) => collect(engine, story)))).toEqual(lonely);
    for (const scored of await Promise.all(scores)) expect(scored).toEqual(alone);
  });

  it('can be cancelled, while it waits and while it runs', async () => {
    const what = request({ text: 'apple river '.repeat(200) });
    const claimed = Array.from({ length: 500 }, (_, at) => 5 + (at % 1000));
    for (const turns of [0, 1, 2]) {
      const cancel = new AbortController();
      const cancelled = expect(score(what, claimed, engine, cancel.signal)).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      // What the engine answers in between takes far less than the claim.
      for (let turn = 0; turn < turns; turn++) await engine.countPromptTokens({ text: 'apple' });
      cancel.abort();
      await cancelled;
    }
    const [scored, again] = await Promise.all([score(what, claimed), score(what, claimed)]);
    expect(scored).toEqual(again);
    await expect(score(what, claimed, engine, AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('takes what just fits into the context', async () => {
    const what = request(STORY);
    const room = engine.model.contextLength - (await engine.countPromptTokens(STORY));
    const { gaps } = await score(what, new Array<number>(room).fill(9));
    expect(gaps).toHaveLength(room);
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
  });
});

describe('a bad claim', () => {
  it.each<[string, number[], Partial<GenerateRequest>]>([
    ['claimed', [], {}],
    ['claimed', new Array<number>(1020).fill(9), {}],
    ['claimed[1]', [5, 1280], {}],
    ['claimed[0]', [-1], {}],
    ['claimed[2]', [5, 6, 6.5], {}],
    ['sampling.logitBias[0]', [5], { sampling: { ...request(STORY).sampling, logitBias: [[1280, 1]] } }],
    ['sampling.seed', [5], { sampling: { ...request(STORY).sampling, seed: -1 } }],
    ['text', [5], { prompt: { text: '' } }],
  ])('is refused naming %s', async (field, claimed, other) => {
    const refusal = score({ ...request(STORY), ...other }, claimed);
    await expect(refusal).rejects.toMatchObject({ code: 'PROMPT_INVALID', field });
  });

  it('of a prompt that fills the context is refused as the prompt would be', async () => {
    const refusal = score(request({ text: ' apple'.repeat(1030) }), [5]);
    await expect(refusal).rejects.toMatchObject({ code: 'PROMPT_TOO_LONG', field: 'prompt' });
  });
});
