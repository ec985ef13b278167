import type { Sampling } from '../engine.js';
import { randomFrom } from '../testing/random.js';
import { GREEDY } from '../testing/tiny-engine.js';
import { exp } from './exponential.js';
import { GUMBEL_BOUND, gumbel } from './gumbel.js';
import { Ranking } from './ranking.js';
import { sampleToken } from './sample-token.js';

const NOTHING = { prompt: [], output: [] };

function draw(logits: number[], sampling: Partial<Sampling>, index = 1): number {
  return sampleToken(logits, NOTHING, { ...GREEDY, ...sampling }, { choice: 0, index });
}

/** The definition, by sorting everything and skipping nothing. */
function byDefinition(logits: number[], sampling: Sampling, index: number): number {
  const z = logits.map((logit) => logit / sampling.temperature);
  const ranked = z.map((_, id) => id).sort((a, b) => z[b]! - z[a]! || a - b);
  const top = z[ranked[0]!]!;
  let kept = sampling.topK > 0 ? ranked.slice(0, sampling.topK) : ranked;
  if (sampling.topP < 1) {
    const weight = (id: number): number => exp(z[id]! - top);
    const total = [...kept].sort((a, b) => a - b).reduce((sum, id) => sum + weight(id), 0);
    let sum = 0;
    const end = kept.findIndex((id) => (sum += weight(id)) >= sampling.topP * total);
    kept = end < 0 ? kept : kept.slice(0, end + 1);
  }
  kept = kept.filter((id) => exp(z[id]! - top) >= sampling.minP);
  const score = (id: number): number => z[id]! + gumbel(sampling.seed, 0, index, id);
  return kept.sort((a, b) => score(b) - score(a) || a - b)[0]!;
}

describe('sampleToken', () => {
  it('takes the largest logit at temperature 0, of equal ones the lower id', () => {
    expect(draw([1, 3, 2, 3], {})).toBe(1);
    expect(draw([-Infinity, -Infinity], {})).toBe(0);
    expect(draw([0, 5, 4], { temperature: 1e-9, seed: 9 })).toBe(1);
  });

  it('gives the token of the definition for every mixture of filters', () => {
    const random = randomFrom(2);
    for (let trial = 0; trial < 150; trial++) {
      const logits = Array.from({ length: 700 }, () => random(4000) / 200 - 10);
      const sampling = {
        ...GREEDY,
        temperature: [0.3, 0.8, 1, 2][random(4)]!,
        topK: [0, 1, 20, 699, 700, 5000][random(6)]!,
        topP: [1, 0.95, 0.4, 0.001][random(4)]!,
        minP: [0, 0.01, 0.3, 1][random(4)]!,
        seed: random(2 ** 32) * 2 ** 20 + trial,
      };
      const ours = sampleToken(logits, NOTHING, sampling, { choice: 0, index: trial + 1 });
      expect(ours).toBe(byDefinition(logits, sampling, trial + 1));
    }
  });

  it('draws from the softmax', () => {
    const logits = [2, 1, 0, -1, -3];
    const weights = logits.map((logit) => Math.exp(logit / 1.5));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = logits.map(() => 0);
    const draws = 20_000;
    for (let index = 1; index <= draws; index++)
      counts[draw(logits, { temperature: 1.5, seed: 5 }, index)]!++;
    const chiSquare = counts.reduce((sum, count, id) => {
      const expected = (draws * weights[id]!) / total;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(chiSquare).toBeLessThan(18.47); // 4 degrees of freedom, p = 0.001
  });

  it('gives each position, choice and seed its own noise', () => {
    const values = new Set<number>();
    for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
      for (const choice of [0, 1]) for (const index of [1, 2]) values.add(gumbel(seed, choice, index, 7));
    }
    expect(values.size).toBe(16);
  });

  it('never finds noise above the bound that lets it skip tokens', () => {
    expect(GUMBEL_BOUND).toBeGreaterThan(-Math.log(-Math.log1p(-(2 ** -33))));
  });

  it('penalises what was said: repetition in prompt and output, presence and frequency in output only', () => {
    const history = { prompt: [0], output: [1, 1] };
    const at = { choice: 0, index: 3 };
    const with_ = (sampling: Partial<Sampling>): number =>
      sampleToken([4, 3.9, 3.5, -9], history, { ...GREEDY, ...sampling }, at);
    expect(with_({ repetitionPenalty: 1.5 })).toBe(2);
    expect(with_({ presencePenalty: 1 })).toBe(0);
    expect(with_({ presencePenalty: -0.2 })).toBe(1);
    expect(with_({ frequencyPenalty: -0.06 })).toBe(1);
    expect(with_({ frequencyPenalty: -0.04 })).toBe(0);
  });

  it('adds biases to the raw logits, before penalties, also when greedy', () => {
    expect(draw([4, 3, 2], { logitBias: [[0, -100]] })).toBe(1);
    expect(draw([4, 3, 2], { logitBias: [[2, 100]] })).toBe(2);
    const history = { prompt: [0], output: [] };
    const penalised = { ...GREEDY, repetitionPenalty: 2, logitBias: [[0, 1.5]] as [number, number][] };
    // (4 + 1.5) / 2 is less than 3; 4 / 2 + 1.5 would be more.
    expect(sampleToken([4, 3], history, penalised, { choice: 0, index: 1 })).toBe(1);
    for (let seed = 0; seed < 200; seed++) {
      const hot = { temperature: 1.5, seed };
      expect(draw([1, 1, 1], { ...hot, logitBias: [[1, -100]] })).not.toBe(1);
      expect(draw([1, 1, 1], { ...hot, logitBias: [[1, 100]] })).toBe(1);
    }
  });

  it('makes negative logits smaller by repetition, not larger', () => {
    const history = { prompt: [], output: [0] };
    const chosen = sampleToken(
      [-1, -1.5],
      history,
      { ...GREEDY, repetitionPenalty: 2 },
      { choice: 0, index: 2 },
    );
    expect(chosen).toBe(1);
  });
});

describe('Ranking', () => {
  it('draws every id by falling score, equal ones by rising id', () => {
    const random = randomFrom(3);
    const scores = Array.from({ length: 500 }, () => random(50));
    const ranking = new Ranking(
      scores,
      scores.map((_, id) => id),
    );
    const drawn = scores.map(() => ranking.next());
    expect(drawn).toEqual(scores.map((_, id) => id).sort((a, b) => scores[b]! - scores[a]! || a - b));
    expect(ranking.next()).toBeUndefined();
  });
});
