import { readFileSync } from 'node:fs';
import type { Sampling } from '../engine.js';
import { exp } from './exponential.js';
import { gumbel } from './gumbel.js';
import { logProbabilitiesOf } from './log-probabilities.js';
import { ln } from './logarithm.js';
import { philox } from './philox.js';
import { sampleToken } from './sample-token.js';

interface Vectors {
  philox: { counter: number[]; key: number[]; words: number[] }[];
  ln: [x: number, value: number][];
  exp: [x: number, value: number][];
  gumbel: { seed: number; choice: number; index: number; tokenId: number; value: number }[];
  samples: {
    logits: number[];
    prompt: number[];
    output: number[];
    sampling: Omit<Sampling, 'maxTokens' | 'stop'>;
    choice: number;
    index: number;
    token: number;
  }[];
  logprobs: { logits: number[]; chosen: number; top: number; logprobs: [number, number][] }[];
}

const file = new URL('../../vectors/sampling.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

function block(counter: number[], key: number[]): number[] {
  const words = new Uint32Array(4);
  philox(counter, key, words);
  return [...words];
}

describe('the published sampling vectors', () => {
  it("hold Random123's known answers for philox4x32-10", () => {
    const words = vectors.philox.map((vector) =>
      vector.words.map((word) => word.toString(16).padStart(8, '0')).join(' '),
    );
    expect(words).toEqual([
      '6627e8d5 e169c58d bc57ac4c 9b00dbd8',
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ]);
  });

  it('agree with Philox on every word', () => {
    for (const { counter, key, words } of vectors.philox) expect(block(counter, key)).toEqual(words);
  });

  it('agree with ln and exp on every bit', () => {
    expect(vectors.ln.map(([x]) => ln(x))).toEqual(vectors.ln.map(([, value]) => value));
    expect(vectors.exp.map(([x]) => exp(x))).toEqual(vectors.exp.map(([, value]) => value));
  });

  it('agree with the Gumbel noise on every bit', () => {
    const ours = vectors.gumbel.map(({ seed, choice, index, tokenId }) =>
      gumbel(seed, choice, index, tokenId),
    );
    expect(ours).toEqual(vectors.gumbel.map(({ value }) => value));
  });

  it('agree with every log-probability', () => {
    const ours = vectors.logprobs.map(({ logits, chosen, top }) => logProbabilitiesOf(logits, chosen, top));
    expect(ours).toEqual(vectors.logprobs.map(({ logprobs }) => logprobs));
  });

  it('agree with every sampled token', () => {
    const ours = vectors.samples.map(({ logits, prompt, output, sampling, choice, index }) =>
      sampleToken(logits, { prompt, output }, { ...sampling, maxTokens: 1, stop: [] }, { choice, index }),
    );
    expect(ours).toEqual(vectors.samples.map(({ token }) => token));
  });
});
