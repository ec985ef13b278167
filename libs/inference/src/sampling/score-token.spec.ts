import { randomFrom } from '../testing/random.js';
import { GREEDY } from '../testing/tiny-engine.js';
import { gumbel } from './gumbel.js';
import { sampleToken } from './sample-token.js';
import { scoreToken } from './score-token.js';

const below = randomFrom(7);
const row = (length: number): Float32Array => Float32Array.from({ length }, () => below(16_000) / 1000 - 8);
const history = { prompt: [3, 9, 12], output: [5, 5, 40] };
const position = { choice: 1, index: 4 };

describe('the score of one token', () => {
  it.each([
    ['greedy', {}],
    ['greedy with penalties', { repetitionPenalty: 1.3, presencePenalty: 0.4 }],
    ['sampled', { temperature: 1.2, seed: 3 }],
    ['sampled from a few', { temperature: 0.8, seed: 4, topP: 0.8, topK: 30, minP: 0.02 }],
  ])('is 0 for the token that is chosen, and above for any other: %s', (_, options) => {
    const sampling = { ...GREEDY, ...options };
    for (let round = 0; round < 20; round++) {
      const logits = row(200);
      const chosen = sampleToken(logits, history, sampling, position);
      for (let id = 0; id < logits.length; id++) {
        const score = scoreToken(logits, id, { history, sampling, position });
        expect(score.chosen).toBe(chosen);
        if (id === chosen) expect(score.gap).toBe(0);
        else expect(score.gap).toBeGreaterThan(0);
      }
    }
  });

  it('is the difference of logits when greedy, of penalised ones with penalties', () => {
    const logits = [1, 4, 2.5, 0];
    const own = { history: { prompt: [], output: [1] }, position };
    const score = (presencePenalty: number) =>
      scoreToken(logits, 2, { ...own, sampling: { ...GREEDY, presencePenalty } });
    expect(score(0)).toEqual({ chosen: 1, gap: 1.5 });
    expect(score(1)).toEqual({ chosen: 1, gap: 0.5 });
    expect(score(2)).toEqual({ chosen: 2, gap: 0 });
  });

  it('counts the noise of both tokens when sampled', () => {
    const sampling = { ...GREEDY, temperature: 2, seed: 11 };
    const logits = [0, 0, 0];
    const noise = logits.map((_, id) => gumbel(11, 1, 4, id));
    const best = noise.indexOf(Math.max(...noise));
    for (const id of [0, 1, 2]) {
      const { gap } = scoreToken(logits, id, { history, sampling, position });
      expect(gap).toBe(noise[best]! - noise[id]!);
    }
  });

  it('is infinite for a token that the filters left no chance', () => {
    const logits = [5, 4, 3, 2];
    const scored = { history, position, sampling: { ...GREEDY, temperature: 1, topK: 2 } };
    expect(scoreToken(logits, 2, scored).gap).toBe(Infinity);
    expect(scoreToken(logits, 1, scored).gap).toBeLessThan(100);
  });
});
