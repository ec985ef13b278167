import { type Engine, openEngine } from '@ganglion/inference';
import { makeChallenges } from '@ganglion/node';
import { bundledModel } from '@ganglion/testkit';

describe('the test questions that a model is asked', () => {
  let engine: Engine;
  beforeAll(async () => void (engine = await openEngine({ model: bundledModel, slots: 4, threads: 1 })));
  afterAll(() => engine.close());

  it('have answers that it gives again, alone', async () => {
    const challenges = await makeChallenges(engine);
    expect(challenges.length).toBeGreaterThanOrEqual(4);
    for (const { prompt, answer, maxTokens } of challenges) {
      const off = { minP: 0, presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1, stop: [] };
      const sampling = { ...off, temperature: 0, topP: 1, topK: 0, seed: 0, maxTokens };
      const request = { prompt: { messages: [{ role: 'user', content: prompt }] }, sampling, choice: 0 };
      let text = '';
      for await (const token of engine.generate(request, new AbortController().signal)) text += token.text;
      expect(text).toBe(answer);
    }
  });
});
