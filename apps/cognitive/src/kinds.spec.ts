import { challengeKind, type RequestShape } from '@ganglion/contracts';
import { builtInShape } from './built-in-shapes.js';
import { seeded } from '@ganglion/testkit/seeded';
import { drawKind, kinds } from './kinds.js';

const shape = (characters: number, maxTokens: number): RequestShape => {
  const { request } = builtInShape(() => 0);
  return {
    ...request,
    messages: [{ role: 'user', characters }],
    sampling: { ...request.sampling, maxTokens },
  };
};
const shares = (of: RequestShape, slots = 1, draws = 20_000): Record<string, number> => {
  const random = seeded(11);
  const counts: Record<string, number> = {};
  for (let n = 0; n < draws; n++) {
    const kind = drawKind(of, (below) => Math.floor(random() * below), slots);
    counts[kind] = (counts[kind] ?? 0) + 1 / draws;
  }
  return counts;
};

describe('the kinds of tests', () => {
  it('are those of the contract, each once', () => {
    expect(kinds.map(({ kind }) => kind).sort()).toEqual([...challengeKind.options].sort());
  });

  it('are drawn by their weights where all fit', () => {
    const found = shares(shape(1_000, 64), 4);
    const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
    for (const { kind, weight } of kinds) expect(found[kind]).toBeCloseTo(weight / total, 1);
  });

  it.each([
    ['nothing but the answer of a short question', shape(20, 16), ['known-answer']],
    ['repeating where there is room for it', shape(60, 16), ['known-answer', 'repeat']],
    ['reading where there is much to read', shape(500, 16), ['known-answer', 'long-prefill', 'repeat']],
    ['decoding where there is much to say', shape(20, 64), ['known-answer', 'sustained-decode']],
  ])('look at %s', (_, of, expected) => {
    expect(Object.keys(shares(of)).sort()).toEqual(expected);
  });

  it('are of several requests at once where a node has several slots and long answers', () => {
    expect(Object.keys(shares(shape(20, 64), 2))).toContain('concurrent');
    expect(Object.keys(shares(shape(20, 16), 2))).not.toContain('concurrent');
  });
});
