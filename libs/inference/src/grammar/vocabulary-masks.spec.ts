import { Ajv2020 } from 'ajv/dist/2020.js';
import { PromptEncoder } from '../text/prompt-encoder.js';
import { TINY } from '../testing/tiny-engine.js';
import { randomFrom } from '../testing/random.js';
import { randomSchema } from '../testing/random-schema.js';
import { Automaton, type State } from './automaton.js';
import { compileJsonObject, compileSchema } from './schema-compiler.js';
import { VocabularyMasks } from './vocabulary-masks.js';

const VOCABULARY = 1_280;
const ajv = new Ajv2020({ strict: false, validateFormats: false });

describe('the tokens that may come next', () => {
  let encoder: PromptEncoder;
  let masks: VocabularyMasks;
  beforeAll(async () => {
    encoder = await PromptEncoder.load(TINY);
    masks = new VocabularyMasks(VOCABULARY, (id) => encoder.bytesOf(id));
  });

  const allowed = (automaton: Automaton, state: State): number[] => {
    const mask = masks.mask(automaton, state);
    return Array.from({ length: VOCABULARY }, (_, id) => id).filter(
      (id) => (mask[id >>> 5]! >>> (id & 31)) & 1,
    );
  };

  /** A document of tokens drawn at random; those with a quote more often, so that texts end. */
  const draw = (automaton: Automaton, below: (limit: number) => number): string => {
    const decoder = encoder.decoder();
    let [text, state] = ['', automaton.start];
    for (;;) {
      const ids = allowed(automaton, state);
      if (state.isWhole && (ids.length === 0 || below(3) === 0)) return text;
      const closing = ids.filter((id) =>
        encoder.bytesOf(id)!.some((byte) => [0x22, 0x5d, 0x7d].includes(byte)),
      );
      const choice = closing.length > 0 && below(3) === 0 ? closing : ids;
      const id = choice[below(choice.length)]!;
      text += decoder.push(id);
      state = masks.after(automaton, state, id)!;
    }
  };

  it('make documents that satisfy the schema, whatever it is and whichever of them is taken', () => {
    for (let seed = 0; seed < 120; seed++) {
      const schema = randomSchema(seed);
      const automaton = new Automaton(compileSchema(JSON.stringify(schema)));
      const validate = ajv.compile(schema);
      const below = randomFrom(seed);
      for (let round = 0; round < 2; round++) {
        const text = draw(automaton, below);
        if (!validate(JSON.parse(text))) throw new Error(`${text} against ${JSON.stringify(schema)}`);
      }
    }
  });

  it('are never none, whatever the schema costs, and do not depend on what was asked before', () => {
    const pattern = (n: number): string => `^[a-z ]*${'ab'[n % 2]}[a-z ]{${10 + (n % 7)}}$`;
    const anyOf = Array.from({ length: 60 }, (_, n) => ({ type: 'string', pattern: pattern(n) }));
    const text = JSON.stringify({ anyOf });
    const first = new Automaton(compileSchema(text));
    const start = performance.now();
    const document = draw(first, randomFrom(1));
    expect(anyOf.some((one) => new RegExp(one.pattern).test(JSON.parse(document) as string))).toBe(true);
    // The same bytes in an automaton that has seen others before.
    const second = new Automaton(compileSchema(text));
    draw(second, randomFrom(2));
    let [one, other] = [first.start, second.start];
    for (const byte of new TextEncoder().encode(document)) {
      expect(masks.mask(second, other)).toEqual(masks.mask(first, one));
      [one, other] = [first.step(one, byte)!, second.step(other, byte)!];
    }
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('make JSON objects', () => {
    const automaton = new Automaton(compileJsonObject());
    const below = randomFrom(5);
    for (let round = 0; round < 30; round++) {
      expect(JSON.parse(draw(automaton, below))).toEqual(expect.any(Object));
    }
  });

  it('are those that can be read to their end, found one by one', () => {
    const schemas = [
      {},
      { type: 'string', maxLength: 17 },
      { type: 'string', minLength: 3, maxLength: 30 },
      { type: 'object', properties: { name: {}, next: { type: 'integer' } }, additionalProperties: true },
      { type: 'array', items: { type: 'string', pattern: '^[a-e ]+$' } },
      { anyOf: [{ type: 'string', pattern: '^([^x]*[^y]*)*$' }, { type: 'string' }] },
    ];
    for (const [seed, schema] of schemas.entries()) {
      const automaton = new Automaton(compileSchema(JSON.stringify(schema)));
      const below = randomFrom(seed);
      let state = automaton.start;
      for (let step = 0; step < 40; step++) {
        const ids = allowed(automaton, state);
        const found = Array.from({ length: VOCABULARY }, (_, id) => id).filter(
          (id) => masks.after(automaton, state, id) !== null,
        );
        expect(ids).toEqual(found);
        if (ids.length === 0) break;
        state = masks.after(automaton, state, ids[below(ids.length)]!)!;
      }
    }
  });

  it('need a vocabulary that can write any byte', () => {
    expect(masks.isComplete).toBe(true);
    const without = new VocabularyMasks(VOCABULARY, (id) => {
      const bytes = encoder.bytesOf(id);
      return bytes?.length === 1 && bytes[0] === 0x7b ? undefined : bytes;
    });
    expect(without.isComplete).toBe(false);
  });
});
