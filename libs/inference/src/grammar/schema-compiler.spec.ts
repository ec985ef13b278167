import { Automaton, type State } from './automaton.js';
import { compileJsonObject, compileSchema } from './schema-compiler.js';

const automatonOf = (schema: unknown): Automaton => new Automaton(compileSchema(JSON.stringify(schema)));

function accepts(automaton: Automaton, text: string): boolean {
  let state: State | null = automaton.start;
  for (const byte of new TextEncoder().encode(text)) {
    state = automaton.step(state, byte);
    if (state === null) return false;
  }
  return state.isWhole;
}

const tree = {
  type: 'object',
  properties: { v: { type: 'integer' }, k: { type: 'array', items: { $ref: '#/$defs/tree' } } },
  required: ['v', 'k'],
};
const abc = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'null' } },
  required: ['b'],
};
const ab = { type: 'object', properties: { ab: { type: 'integer' } } };

/** Properties of one character each, no two of them neighbours. */
const wide = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [String.fromCodePoint(0x4e00 + 2 * at), {}]));

describe('a compiled schema', () => {
  it.each<[unknown, string[], string[]]>([
    [
      { type: 'integer' },
      ['0', '-1', '10', '999999999999999'],
      ['01', '-', '1.0', '1e3', '1000000000000000'],
    ],
    [{ type: 'integer', minimum: -5, maximum: 123 }, ['-5', '0', '99', '123'], ['-6', '124', '200', '1234']],
    [{ type: 'integer', exclusiveMinimum: 3, maximum: 4.5 }, ['4'], ['3', '5']],
    [{ type: 'number' }, ['0', '-1.5', '1e10', '1.5E-3'], ['.5', '1.', '1e100', '+1']],
    [{ type: 'number', minimum: 0, maximum: 1 }, ['0', '1', '0.5'], ['1.5', '-0.5', '2', '1.0']],
    [{ type: 'number', minimum: -2, maximum: -1 }, ['-1', '-1.5', '-2'], ['-2.5', '-0.5', '0']],
    [{ type: 'string' }, ['""', ' "x"', '"é\\n\\u00e9\\ud83d\\ude00😀"'], ['"', '"\\ud800"', '"\n"', '  ""']],
    [{ type: 'string', minLength: 2, maxLength: 3 }, ['"ab"', '"abc"', '"é😀"'], ['"a"', '"abcd"']],
    [{ type: 'string', minLength: 2 }, ['"ab"', '"abcdefg"'], ['"a"']],
    [{ type: 'string', pattern: '^[a-z]{2,4}(-\\d+)?$' }, ['"ab"', '"abcd-12"'], ['"a"', '"abcde"', '"ab-"']],
    [{ type: 'string', pattern: 'b"\\n' }, ['"ab\\"\\nc"', '"b\\"\\n"'], ['"b"', '"b\\u0022\\n"']],
    [{ type: 'string', pattern: '^a|b$' }, ['"ax"', '"xb"'], ['"xa"', '"bx"']],
    [{ type: 'string', format: 'date' }, ['"2024-02-28"', '"2024-12-31"'], ['"2024-02-30"', '"2024-13-01"']],
    [abc, ['{"a":1,"b":"x"}', '{"b":"x"}', '{ "b": "x", "c": null }', '{\n  "b": "x"\n}'], []],
    [abc, [], ['{}', '{"a":1}', '{"b":"x","a":1}', '{"b":"x",}', '{"b":"x","d":1}', '{  "b":"x"}']],
    [
      { ...ab, additionalProperties: { type: 'string' } },
      ['{}', '{"ab":1,"x":"y"}', '{"a":"y","abc":"z"}', '{"":"x","é":"x"}'],
      ['{"x":"y","ab":1}', '{"ab":"x"}', '{"x":1}', '{"a\\u0062":"x"}'],
    ],
    [{ type: 'object' }, ['{}', '{ "a": [1, {"b": null}] }'], ['[]', '{"a"}']],
    [
      { type: 'array', items: { type: 'null' }, minItems: 1, maxItems: 2 },
      ['[null]', '[null, null]'],
      ['[]'],
    ],
    [
      { type: 'array', prefixItems: [{ type: 'null' }, { const: 1 }] },
      ['[]', '[null,1]'],
      ['[1]', '[null,1,2]'],
    ],
    [{ type: 'array', prefixItems: [{ const: 1 }], items: { const: 2 }, minItems: 2 }, ['[1,2,2]'], ['[1]']],
    [
      { enum: ['a', 'ab', 1, 12, null, { x: [1] }] },
      ['"a"', '"ab"', '12', 'null', '{"x":[1]}'],
      ['"abc"', '121'],
    ],
    [{ type: 'string', enum: ['a', 1], nullable: true }, ['"a"', 'null'], ['1']],
    [{ type: ['string', 'null'] }, ['null', '"x"'], ['1']],
    [
      { $ref: '#/$defs/tree', $defs: { tree } },
      ['{"v":1,"k":[{"v":2,"k":[]}]}'],
      ['{"v":1}', '{"v":1,"k":[1]}'],
    ],
    [{ oneOf: [{ const: 1 }, { allOf: [{ const: 'x' }] }] }, ['1', '"x"'], ['2']],
    [true, ['[1,{"a":[true,null,"x"]}]', '-0.5'], ['[,]', 'nul']],
  ])('%j takes what satisfies it in its layout, and nothing else', (schema, good, bad) => {
    const automaton = automatonOf(schema);
    for (const text of good) expect([text, accepts(automaton, text)]).toEqual([text, true]);
    for (const text of bad) expect([text, accepts(automaton, text)]).toEqual([text, false]);
  });

  it('lets documents be nested 64 deep', () => {
    const automaton = new Automaton(compileJsonObject());
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(accepts(automaton, nested(64))).toBe(true);
    expect(accepts(automaton, nested(65))).toBe(false);
  });

  it('goes on when it has forgotten what it knew', () => {
    const automaton = new Automaton(compileJsonObject());
    for (let length = 1; length < 60; length++) {
      const inside = Array.from({ length }, (_, at) => ((length * 7 + at) % 3 === 0 ? '{"k":' : '[')).join(
        '',
      );
      const closing = [...inside.matchAll(/[[{]/g)].toReversed().map(([open]) => (open === '[' ? ']' : '}'));
      for (const scalar of ['1', '"xyz"', 'null']) {
        expect(accepts(automaton, `{"a":${inside}${scalar}${closing.join('')}}`)).toBe(true);
      }
    }
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown keyword',
      { properties: { a: { multipleOf: 2 } } },
      /^properties\.a\.multipleOf is not supported/,
    ],
    [
      'keywords that do not go together',
      { anyOf: [{}], type: 'null' },
      /^type is not supported beside anyOf/,
    ],
    ['a type that is none', { type: 'float' }, /^type must be one or more of/],
    ['a required name without a property', { type: 'object', required: ['a'] }, /^required\.0 is not among/],
    ['a reference to elsewhere', { $ref: 'other.json' }, /^\$ref must be #/],
    ['a reference to nothing', { $ref: '#/$defs/a', $defs: {} }, /^\$ref must be #/],
    ['a reference to itself', { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, /refers to itself/],
    [
      'recursion that never ends',
      { $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' }, minItems: 1 } }, $ref: '#/$defs/a' },
      /^the schema can be satisfied by no document/,
    ],
    ['look-around', { type: 'string', pattern: '(?=a)' }, /^pattern uses look-around/],
    ['an invalid pattern', { type: 'string', pattern: '(' }, /^pattern is no regular expression/],
    [
      'an unknown format',
      { type: 'string', format: 'iri' },
      /^format is not supported; those that are: date/,
    ],
    ['a fraction as the bound of a number', { type: 'number', minimum: 0.5 }, /^minimum must be an integer/],
    ['an empty range', { type: 'integer', minimum: 2, maximum: 1 }, /allows no integer/],
    ['too few places for its items', { type: 'array', minItems: 3, maxItems: 2 }, /allows no array/],
    [
      'a huge length',
      { type: 'array', items: { type: 'string', maxLength: 1e9 } },
      /^items makes the grammar too l/,
    ],
    ['repeated repetition', { pattern: '((((a{999}){999}){999}){999})' }, /makes the grammar too large/],
    ['repeated nothing', { pattern: '((()){999}){999}' }, /makes the grammar too large/],
    ['too many characters', { description: 'x'.repeat(65_536) }, /65536 is the most/],
    ['too much depth', JSON.parse(`${'{"items":'.repeat(101)}{}${'}'.repeat(101)}`), /more than 100 deep/],
    ['too many alternatives', { anyOf: new Array(257).fill({ type: 'null' }) }, /^anyOf has more than 256/],
    [
      'too many properties',
      { properties: Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`p${at}`, {}])) },
      /^properties has more than 500 names/,
    ],
    ['no schema', [], /^the schema must be a schema/],
  ])('is refused, with the place, for %s', (_, schema, message) => {
    const start = performance.now();
    expect(() => automatonOf(schema)).toThrow(message);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('is refused as a text that is no JSON', () => {
    expect(() => compileSchema('{')).toThrow(/^the schema is no JSON/);
  });

  it('is compiled in little time, however its definitions refer to one another', () => {
    const chain = Array.from({ length: 1_500 }, (_, at) => [`d${at}`, { $ref: `#/$defs/d${at + 1}` }]);
    const $defs = { ...Object.fromEntries(chain), d1500: { type: 'null' } };
    const start = performance.now();
    expect(accepts(automatonOf({ $defs, $ref: '#/$defs/d0' }), 'null')).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it.each<[string, () => unknown]>([
    [
      'names of many characters beside any others',
      () => ({ properties: wide(400), additionalProperties: true }),
    ],
    ['a large enum', () => ({ enum: Array.from({ length: 8_000 }, (_, at) => `v${(at * 7_919) % 8_000}`) })],
    [
      'values that begin one another',
      () => ({ enum: Array.from({ length: 300 }, (_, at) => '1'.repeat(at)) }),
    ],
    ['a large class', () => ({ pattern: `^[${Object.keys(wide(900)).join('')}]$` })],
    ['nested groups', () => ({ pattern: `${'('.repeat(49)}a${')*'.repeat(49)}` })],
  ])('is compiled in little time: %s', (_, make) => {
    const text = JSON.stringify(make());
    const start = performance.now();
    const automaton = new Automaton(compileSchema(text));
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(automaton.start.threads.length).toBeGreaterThan(0);
  });

  it('that can be read in ever more ways is followed in some, and each of them ends', () => {
    const list = { type: 'array', items: { $ref: '#' }, minItems: 1 };
    const automaton = automatonOf({
      anyOf: [list, { ...list, maxItems: 5 }, { ...list, maxItems: 3 }, { const: 1 }],
    });
    const start = performance.now();
    const closed = `${'['.repeat(64)}1${']'.repeat(64)}`;
    let state: State | null = automaton.start;
    for (const byte of new TextEncoder().encode(closed)) {
      state = automaton.step(state!, byte);
      expect(state?.threads.length).toBeLessThanOrEqual(1_024);
    }
    expect(state?.isWhole).toBe(true);
    expect(performance.now() - start).toBeLessThan(4_000);
  });
});
