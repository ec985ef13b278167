import type { Engine, GeneratedToken } from './engine.js';
import { chat, collect, openBuilt, request, textOf } from './testing/tiny-engine.js';

let engine: Engine;

beforeAll(async () => {
  engine = await openBuilt();
});

afterAll(() => engine.close());

const accepted = (tokens: GeneratedToken[]): { id: number; text: string }[] =>
  tokens.map(({ id, text }) => ({ id, text }));

describe('a completion taken over from another engine', () => {
  it.each([
    ['greedy', { maxTokens: 60 }],
    ['sampled', { temperature: 1, topP: 0.9, seed: 99, maxTokens: 60 }],
    [
      'penalised',
      { temperature: 0.7, repetitionPenalty: 1.2, frequencyPenalty: 0.3, seed: 5, maxTokens: 50 },
    ],
    ['stopped', { temperature: 1.2, seed: 6, maxTokens: 60, stop: [' was a', 'walk there every'] }],
  ])(
    'goes on after any number of tokens with the same tokens, texts and evidence: %s',
    async (_, sampling) => {
      const what = request(chat('Tell me a story about a fox.'), sampling);
      const whole = await collect(engine, what);
      for (let k = 1; k < whole.length; k++) {
        const rest = await collect(engine, { ...what, resumeFrom: accepted(whole.slice(0, k)) });
        expect(rest).toEqual(whole.slice(k));
      }
    },
  );

  it('goes on in another engine of the same class', async () => {
    const other = await openBuilt({ threads: 2 });
    expect(other.determinismClass).toBe(engine.determinismClass);
    const what = request(chat('Tell me a story.'), { temperature: 1, seed: 3, maxTokens: 80 });
    const whole = await collect(engine, what);
    const rest = await collect(other, { ...what, resumeFrom: accepted(whole.slice(0, 33)) });
    await other.close();
    expect(textOf(whole.slice(0, 33)) + textOf(rest)).toBe(textOf(whole));
  });

  it('is refused when the texts are not those of its tokens', async () => {
    const what = request(chat('Capital of Peru?'));
    const prefix = accepted(await collect(engine, what)).slice(0, 3);
    prefix[1] = { ...prefix[1]!, text: 'forged' };
    const refusal = collect(engine, { ...what, resumeFrom: prefix });
    await expect(refusal).rejects.toMatchObject({ code: 'PROMPT_INVALID', field: 'resumeFrom[1].text' });
  });
});
