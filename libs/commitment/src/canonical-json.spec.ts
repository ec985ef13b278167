import { canonicalJson, digestJson } from './canonical-json.js';
import { readVectors } from './vectors.fixture.js';

interface Vectors {
  documents: { name: string; input: string; canonical: string; utf8: string; sha256: string }[];
  numbers: { ieee: string; json: string | null }[];
}
const { documents, numbers } = readVectors<Vectors>('canonical-json');

describe('canonicalJson', () => {
  it.each(documents)('writes the canonical form: $name', ({ input, canonical, utf8, sha256 }) => {
    const value: unknown = JSON.parse(input);
    expect(canonicalJson(value)).toBe(canonical);
    expect(Buffer.from(canonicalJson(value), 'utf8').toString('hex')).toBe(utf8);
    expect(digestJson(value)).toBe(sha256);
  });

  it.each(numbers)('writes the number $ieee of RFC 8785 appendix B as $json', ({ ieee, json }) => {
    const value = Buffer.from(ieee, 'hex').readDoubleBE();
    if (json === null) expect(() => canonicalJson(value)).toThrow(TypeError);
    else expect(canonicalJson(value)).toBe(json);
  });

  it.each<[string, unknown, RegExp]>([
    ['undefined', { a: { b: undefined } }, /^a\.b is undefined/],
    ['a hole in an array', { a: [1, , 3] }, /^a\.1 is undefined/],
    ['a bigint', [1n], /^0 is bigint/],
    ['a function', { run: () => 1 }, /^run is function/],
    ['a symbol', Symbol('x'), /^the value is symbol/],
    ['NaN', { seed: NaN }, /^seed is NaN/],
    ['a lone surrogate', { text: 'a\ud800' }, /^text holds a lone surrogate/],
    ['a lone surrogate in a key', { a: { '\udc00': 1 } }, /^a holds a lone surrogate/],
    ['a date', { at: new Date(0) }, /^at is not a plain object/],
    ['bytes', { raw: new Uint8Array(2) }, /^raw is not a plain object/],
    ['a map', { map: new Map() }, /^map is not a plain object/],
  ])('refuses %s and names the place', (_, value, message) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
    expect(() => canonicalJson(value)).toThrow(message);
  });

  it('refuses a cycle and endless nesting with a message instead of an exhausted stack', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(() => canonicalJson(cycle)).toThrow(/nested deeper than 256 levels/);
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(() => canonicalJson(deep)).toThrow(/nested deeper than 256 levels/);
  });

  it('gives the same digest whatever the order of the keys, and another one for another value', () => {
    expect(digestJson({ a: 1, b: [2, { c: 3, d: 4 }] })).toBe(digestJson({ b: [2, { d: 4, c: 3 }], a: 1 }));
    expect(digestJson({ a: 1 })).not.toBe(digestJson({ a: '1' }));
  });
});
