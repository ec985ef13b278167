import { mostParts } from './commit-size.js';

/** As many characters as a miner puts into one message at most. */
const PART = 160_000;

const revealOf = (choices: number, maxTokens: number): string => {
  const token = [4_294_967_295, ' incomprehensibilities'];
  const evidence = [4_294_967_295, -2_147_483_648, 4_294_967_295, -2_147_483_648];
  const choice = {
    head: 'f'.repeat(64),
    tokens: Array.from({ length: maxTokens }, () => token),
    evidence: Array.from({ length: maxTokens }, () => evidence),
  };
  return JSON.stringify(Array.from({ length: choices }, () => choice));
};

describe('the most parts of a reveal', () => {
  it.each([
    [1, 1],
    [1, 64],
    [8, 1_024],
    [2, 8_192],
  ])('leave room several times over for %i honest choices of %i tokens', (choices, maxTokens) => {
    const honest = Math.ceil(revealOf(choices, maxTokens).length / PART);
    expect(mostParts({ choices, sampling: { maxTokens } })).toBeGreaterThanOrEqual(
      honest === 1 ? 1 : 3 * honest,
    );
  });

  it('leave room several times over for log-probabilities', () => {
    const logprob = [4_294_967_295, -99_990_000, ' incomprehensibilities'];
    const position = Array.from({ length: 21 }, () => logprob);
    const honest = JSON.stringify(Array.from({ length: 700 }, () => position)).length / PART;
    const asked = { choices: 1, sampling: { maxTokens: 700 }, logprobs: 20 };
    expect(mostParts(asked)).toBeGreaterThanOrEqual(3 * honest);
  });

  it('are few for a short answer', () => {
    expect(mostParts({ choices: 1, sampling: { maxTokens: 64 } })).toBe(1);
  });
});
