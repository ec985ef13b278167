import type { Sampling } from '@ganglion/contracts';
import { filterEdges } from './filter-edges.js';

const sampling: Sampling = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  seed: 1,
  maxTokens: 8,
  stop: [],
};

describe('the edges of filters', () => {
  it('are none where nothing is filtered, or the largest logit wins', () => {
    expect(filterEdges(sampling, 0.3)).toEqual([]);
    expect(filterEdges({ ...sampling, temperature: 0, topP: 0.5, topK: 5 }, 0.3)).toEqual([]);
  });

  it('are a wider and a narrower filter, and leave those alone that are off', () => {
    const [wide, narrow] = filterEdges({ ...sampling, topP: 0.9 }, Math.log(2));
    expect(wide).toMatchObject({ topK: 0, minP: 0 });
    // Odds of 9 to 1, doubled and halved.
    expect(wide!.topP).toBeCloseTo(18 / 19, 12);
    expect(narrow!.topP).toBeCloseTo(4.5 / 5.5, 12);
    const [more, less] = filterEdges({ ...sampling, topK: 50, minP: 0.1 }, Math.log(2));
    expect(more).toMatchObject({ topP: 1, topK: 63, minP: 0.05 });
    expect(less).toMatchObject({ topP: 1, topK: 37, minP: 0.2 });
  });

  it('are further away where the temperature is lower', () => {
    const at = (temperature: number): number =>
      filterEdges({ ...sampling, temperature, minP: 0.1 }, 0.3)[0]!.minP;
    expect(at(0.5)).toBeLessThan(at(1));
  });

  it('stay filters that a request may have, however extreme', () => {
    for (const temperature of [1e-5, 0.1, 2])
      for (const filters of [{ topP: 1e-9 }, { topP: 0.999999 }, { topK: 1 }, { minP: 1 }, { minP: 1e-9 }])
        for (const edge of filterEdges({ ...sampling, temperature, ...filters }, 0.6)) {
          expect(edge.topP > 0 && edge.topP <= 1).toBe(true);
          expect(edge.minP >= 0 && edge.minP <= 1).toBe(true);
          expect(Number.isInteger(edge.topK) && edge.topK >= 0).toBe(true);
        }
  });

  it('let every token stay that logits a little off would have let in', () => {
    // Weights of a softmax, each logit moved by half of the tolerance against the nucleus.
    const logits = [2, 1.5, 1, 0.5, 0, -0.5, -1];
    const tolerance = 0.3;
    const nucleus = (values: number[], topP: number): number => {
      const weights = values.map((value) => Math.exp(value));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let sum = 0;
      return weights.findIndex((weight) => (sum += weight) >= topP * total) + 1;
    };
    for (let topP = 0.05; topP < 1; topP += 0.05) {
      const [wide, narrow] = filterEdges({ ...sampling, topP }, tolerance);
      for (let split = 1; split < logits.length; split++) {
        const moved = logits.map((value, at) => value + (at < split ? -tolerance / 2 : tolerance / 2));
        expect(nucleus(logits, wide!.topP)).toBeGreaterThanOrEqual(nucleus(moved, topP));
        const sharper = logits.map((value, at) => value + (at < split ? tolerance / 2 : -tolerance / 2));
        expect(nucleus(logits, narrow!.topP)).toBeLessThanOrEqual(nucleus(sharper, topP));
      }
    }
  });
});
