import { createHash } from 'node:crypto';
import { logprobsDigest } from './logprobs.js';

const first = [[[464, -12, 'The']], [[3139, -40_000, ' capital']]];

describe('logprobsDigest', () => {
  it('is the SHA-256 of the lists as canonical JSON, choice by choice', () => {
    const json = '[[[[464,-12,"The"]],[[3139,-40000," capital"]]],[]]';
    const expected = createHash('sha256').update(json).digest('hex');
    expect(logprobsDigest([{ logprobs: first }, { logprobs: [] }])).toBe(expected);
  });

  it('tells an empty answer from one without log-probabilities', () => {
    expect(logprobsDigest([{ logprobs: [] }])).toMatch(/^[0-9a-f]{64}$/);
    expect(logprobsDigest([{}, {}])).toBeUndefined();
  });

  it('changes with a probability, a name, and the choice that it is of', () => {
    const digests = [
      [{ logprobs: first }, { logprobs: [] }],
      [{ logprobs: [] }, { logprobs: first }],
      [{ logprobs: [[[464, -13, 'The']], first[1]!] }, { logprobs: [] }],
      [{ logprobs: [[[464, -12, 'the']], first[1]!] }, { logprobs: [] }],
    ].map(logprobsDigest);
    expect(new Set(digests).size).toBe(4);
  });
});
