import { checkLogitBias, withBias } from './logit-bias.js';

describe('withBias', () => {
  it('leaves the raw logits as they are, for the evidence is of those', () => {
    const logits = Float32Array.of(1, 2, 3);
    expect([...(withBias(logits, [[1, -100]]) as Float64Array)]).toEqual([1, -98, 3]);
    expect([...logits]).toEqual([1, 2, 3]);
  });

  it('copies nothing when there is no bias', () => {
    const logits = Float32Array.of(1, 2);
    expect(withBias(logits, [])).toBe(logits);
    expect(withBias(logits)).toBe(logits);
  });
});

describe('checkLogitBias', () => {
  const refusal = (bias: [number, number][]) => {
    try {
      checkLogitBias(bias, 100);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('takes every id of the vocabulary', () => {
    expect(
      refusal([
        [0, -100],
        [99, 100],
      ]),
    ).toBeUndefined();
  });

  it.each<[string, [number, number][], string]>([
    ['a token beyond the vocabulary', [[100, 1]], 'sampling.logitBias[0]'],
    ['half a token', [[0.5, 1]], 'sampling.logitBias[0]'],
    [
      'a token twice',
      [
        [4, 1],
        [4, 2],
      ],
      'sampling.logitBias[1]',
    ],
    ['more than a ban', [[1, -100.5]], 'sampling.logitBias[0]'],
    ['no number', [[1, NaN]], 'sampling.logitBias[0]'],
    ['too many', Array.from({ length: 1_025 }, (_, id) => [id, 1]), 'sampling.logitBias'],
  ])('refuses %s, naming the entry', (_, bias, field) => {
    expect(refusal(bias)).toMatchObject({ code: 'PROMPT_INVALID', field });
  });
});
