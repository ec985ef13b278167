import { Chain, type ChainPoint, type Token } from './chain.js';
import { contextDigest, type ChainContext } from './context.js';
import { readVectors } from './vectors.fixture.js';

interface ChainVector {
  name: string;
  context: ChainContext;
  resume?: ChainPoint;
  tokens: Token[];
  links: string[];
}
const contexts = readVectors<(ChainContext & { context: string })[]>('contexts');
const chains = readVectors<ChainVector[]>('chains');
const { context } = chains[0]!;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('contextDigest', () => {
  it.each(contexts)('hashes attempt $attempt, choice $choice of $taskId', (vector) => {
    expect(hex(contextDigest(vector))).toBe(vector.context);
  });

  it.each<[string, Partial<ChainContext>]>([
    ['taskId', { taskId: 'not a uuid' }],
    ['taskId', { taskId: context.taskId.toUpperCase() }],
    ['attempt', { attempt: -1 }],
    ['attempt', { attempt: 65_536 }],
    ['choice', { choice: 0.5 }],
    ['nodeId', { nodeId: 'UABC' }],
    ['modelDigest', { modelDigest: 'AB'.repeat(32) }],
    ['requestDigest', { requestDigest: 'ab'.repeat(31) }],
  ])('refuses a malformed %s by name', (field, change) => {
    expect(() => contextDigest({ ...context, ...change })).toThrow(RangeError);
    expect(() => contextDigest({ ...context, ...change })).toThrow(new RegExp(`^${field}`));
  });
});

describe('Chain', () => {
  it.each(chains)('gives the links of the vector: $name', ({ context, resume, tokens, links }) => {
    const chain = new Chain(context, resume);
    expect([chain.head, ...tokens.map(([id, text]) => chain.append(id, text))]).toEqual(links);
    expect(chain.count).toBe((resume?.count ?? 0) + tokens.length);
    expect(chain.head).toBe(links.at(-1));
  });

  it.each(chains)('adds a whole frame at once: $name', ({ context, resume, tokens, links }) => {
    expect(new Chain(context, resume).appendAll(tokens)).toBe(links.at(-1));
  });

  it.each(chains)('is followed from a known head without its context: $name', ({ resume, tokens, links }) => {
    const follower = Chain.follow(links[0]!, resume?.count ?? 0);
    expect(tokens.map(([id, text]) => follower.append(id, text))).toEqual(links.slice(1));
  });

  it('binds a resumed attempt to the prefix, its length and the new miner', () => {
    const { context, resume } = chains.find((vector) => vector.resume)!;
    const start = new Chain(context, resume).head;
    expect(new Chain(context, { ...resume!, count: 3 }).head).not.toBe(start);
    expect(new Chain(context, { ...resume!, head: '00'.repeat(32) }).head).not.toBe(start);
    expect(new Chain({ ...context, attempt: 3 }, resume).head).not.toBe(start);
  });

  it('starts a later attempt without accepted tokens at its context', () => {
    const later = { ...context, attempt: 2 };
    expect(new Chain(later, { count: 0, head: '' }).head).toBe(hex(contextDigest(later)));
  });

  it('gives different heads where ids, texts or their borders differ', () => {
    const of = (...tokens: Token[]) => Chain.follow('00'.repeat(32), 0).appendAll(tokens);
    const heads = [
      of(),
      of([1, 'ab']),
      of([2, 'ab']),
      of([1, 'a'], [1, 'b']),
      of([1, 'ab'], [1, '']),
      of([1, ''], [1, 'ab']),
      of([1, 'a\ufffd']),
    ];
    expect(new Set(heads).size).toBe(heads.length);
  });

  it('keeps two chains apart while their tokens alternate', () => {
    const [one, two] = chains.slice(1, 3).map(({ context, tokens, links }) => {
      return { chain: new Chain(context), tokens, links };
    });
    for (let i = 0; i < 4; i++) {
      for (const { chain, tokens, links } of [one!, two!]) {
        expect(chain.append(...tokens[i]!)).toBe(links[i + 1]);
      }
    }
  });

  it.each<[string, Token]>([
    ['an id below 0', [-1, '']],
    ['an id beyond u32', [2 ** 32, '']],
    ['a fraction', [1.5, '']],
    ['NaN', [NaN, '']],
    ['a lone surrogate', [1, 'a\ud83d']],
  ])('refuses %s and stays as it was', (_, bad) => {
    const chain = Chain.follow('11'.repeat(32), 5);
    expect(() => chain.append(...bad)).toThrow(RangeError);
    expect(() => chain.appendAll([[1, 'good'], bad])).toThrow(RangeError);
    expect([chain.head, chain.count]).toEqual(['11'.repeat(32), 5]);
  });

  it('refuses a head or count that is none', () => {
    expect(() => Chain.follow('xyz', 0)).toThrow(/^head must be 64 lowercase hex/);
    expect(() => Chain.follow('00'.repeat(32), -1)).toThrow(/^count must be an integer/);
    expect(() => new Chain(context, { count: 1, head: '' })).toThrow(/^head must be/);
    expect(() => new Chain(null)).toThrow(/needs the point/);
    expect(() => Chain.follow('00'.repeat(32), 2 ** 32 - 1).append(1, '')).toThrow(/^count must be/);
  });
});
