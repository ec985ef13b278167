import type { Sampling } from '../engine.js';
import { randomFrom } from '../testing/random.js';
import { GREEDY } from '../testing/tiny-engine.js';
import { gapTolerance } from './gap-tolerance.js';
import { gumbel } from './gumbel.js';
import { sampleToken } from './sample-token.js';
import { type Circumstances, scoreToken } from './score-token.js';

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

  describe('with slack', () => {
    const slack = 0.2;
    const scored = (more: { sampling: Sampling; slack?: number | undefined }): Circumstances => ({
      history: { prompt: [], output: [] },
      position,
      slack,
      ...more,
    });

    it.each([
      ['a nucleus', { topP: 0.7 }],
      ['a narrow nucleus', { topP: 0.15 }],
      ['the likeliest', { topK: 5 }],
      ['the probable', { minP: 0.3 }],
      ['all of them', { topK: 12, topP: 0.8, minP: 0.05 }],
    ])('tolerates whatever logits a little off would have chosen: %s', (_, filters) => {
      const flat = randomFrom(21);
      for (let round = 0; round < 3_000; round++) {
        // Many near ties, which change places.
        const logits = Float64Array.from({ length: 24 }, () => flat(1_000) / 500);
        const moved = logits.map((logit) => logit + ((flat(2_001) - 1_000) / 1_000) * (slack / 2));
        const sampling = { ...GREEDY, temperature: 0.8, seed: round, ...filters };
        const honest = sampleToken(moved, { prompt: [], output: [] }, sampling, position);
        const { gap } = scoreToken(logits, honest, scored({ sampling }));
        expect(gap).toBeLessThanOrEqual(gapTolerance(slack, sampling) + 1e-9);
      }
    });

    it('tolerates nothing that no such logits would have chosen', () => {
      const sampling = { ...GREEDY, temperature: 1, topK: 2 };
      expect(scoreToken([5, 4, 3, 2], 2, scored({ sampling })).gap).toBe(Infinity);
      expect(scoreToken([5, 3.1, 3, 2], 2, scored({ sampling })).gap).toBeLessThan(Infinity);
      const even = [3, 3.01, 2.99, 3];
      const seeded = { ...GREEDY, temperature: 1, topP: 0.9, seed: 5 };
      const gaps = even.map((_, id) => scoreToken(even, id, scored({ sampling: seeded })).gap);
      // All four are in the nucleus, whatever is done to them but for one: noise decides, and it is known.
      expect(gaps.filter((gap) => gap > slack).length).toBeGreaterThanOrEqual(2);
    });

    it('takes filters as they are where the gap is tolerable, or none filters', () => {
      const sampling = { ...GREEDY, temperature: 1, seed: 9 };
      const logits = row(100);
      for (let id = 0; id < 100; id++)
        expect(scoreToken(logits, id, scored({ sampling })).gap).toBe(
          scoreToken(logits, id, scored({ sampling, slack: undefined })).gap,
        );
    });
  });
});
