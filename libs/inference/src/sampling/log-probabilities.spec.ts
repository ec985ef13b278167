import { randomFrom } from '../testing/random.js';
import { logProbabilitiesOf } from './log-probabilities.js';

describe('logProbabilitiesOf', () => {
  it('is the softmax of the logits in ten-thousandths, the chosen token first', () => {
    const random = randomFrom(11);
    for (let trial = 0; trial < 200; trial++) {
      const logits = Float32Array.from({ length: 2 + random(400) }, () => random(4000) / 100 - 20);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const chosen = random(logits.length);
      const top = random(21);
      const found = logProbabilitiesOf(logits, chosen, top);
      expect(found).toHaveLength(1 + Math.min(top, logits.length));
      for (const [id, logprob] of found) {
        expect(Math.abs(logprob / 10_000 - (logits[id]! - Math.log(total)))).toBeLessThanOrEqual(0.5001e-4);
      }
      const ranked = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b);
      expect(found.map(([id]) => id)).toEqual([chosen, ...ranked.slice(0, top)]);
    }
  });

  it('is 0 for certainty, and never less than -9999', () => {
    expect(logProbabilitiesOf([0, 100], 1, 1)).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(logProbabilitiesOf([-1e30, 0, -Infinity], 0, 3)).toEqual([
      [0, -99_990_000],
      [1, 0],
      [0, -99_990_000],
      [2, -99_990_000],
    ]);
  });

  it('refuses logits that are not finite, rather than go on for ever', () => {
    for (const logits of [
      [Infinity, 1],
      [NaN, NaN],
      [-Infinity, -Infinity],
    ]) {
      expect(() => logProbabilitiesOf(logits, 0, 0)).toThrow(
        expect.objectContaining({ code: 'ENGINE_FAILED' }),
      );
    }
  });
});
