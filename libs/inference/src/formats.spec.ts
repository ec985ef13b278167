import { Ajv2020 } from 'ajv/dist/2020.js';
import type { BindingName, Engine, GenerateRequest } from './engine.js';
import { randomSchema } from './testing/random-schema.js';
import { chat, collect, openBuilt, request, textOf } from './testing/tiny-engine.js';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const TEMPERATURES = [0, 0.7, 1, 1.5];

const held = (schema: unknown, seed: number): GenerateRequest =>
  request(chat('Tell me about a fox.'), {
    temperature: TEMPERATURES[seed % TEMPERATURES.length]!,
    topP: seed % 3 === 0 ? 0.9 : 1,
    topK: seed % 5 === 0 ? 20 : 0,
    repetitionPenalty: seed % 2 === 0 ? 1 : 1.1,
    seed,
    maxTokens: 800,
    format: { type: 'json_schema', schema: JSON.stringify(schema) },
  });

describe.each<[BindingName, number]>([
  ['c-api', 30],
  ['onnxruntime-node', 12],
])('an answer held to a schema, over %s', (binding, count) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openBuilt({ binding, slots: 4 });
  });
  afterAll(() => engine.close());

  it('ends, and satisfies it, whatever the schema, the seed and the temperature', async () => {
    const seeds = Array.from({ length: count }, (_, at) => 1_000 + at);
    const answers = await Promise.all(seeds.map((seed) => collect(engine, held(randomSchema(seed), seed))));
    for (const [at, tokens] of answers.entries()) {
      const schema = randomSchema(seeds[at]!);
      const text = textOf(tokens);
      expect([text, tokens.at(-1)!.finish]).toEqual([text, 'stop']);
      expect([text, ajv.validate(schema, JSON.parse(text))]).toEqual([text, true]);
    }
    // Alone the same tokens as among others.
    for (const at of [0, 5, 11]) {
      expect(await collect(engine, held(randomSchema(seeds[at]!), seeds[at]!))).toEqual(answers[at]);
    }
  });

  it('goes on after any of its tokens as it would have without an interruption', async () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 12 },
        tags: { type: 'array', items: { enum: ['ä', 'äb'] }, maxItems: 3 },
      },
      required: ['name', 'tags'],
    };
    for (const seed of [3, 4]) {
      const what = held(schema, seed);
      const whole = await collect(engine, what);
      expect(ajv.validate(schema, JSON.parse(textOf(whole)))).toBe(true);
      for (let k = 1; k < whole.length; k++) {
        const resumeFrom = whole.slice(0, k).map(({ id, text }) => ({ id, text }));
        expect(await collect(engine, { ...what, resumeFrom })).toEqual(whole.slice(k));
      }
    }
  });
});

describe('an answer held to a format', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openBuilt();
  });
  afterAll(() => engine.close());

  it('is a JSON object where that is all that was asked', async () => {
    const format = { type: 'json_object' } as const;
    for (let seed = 0; seed < 6; seed++) {
      const what = request(chat('Tell me about a fox.'), { temperature: 1, seed, maxTokens: 300, format });
      const tokens = await collect(engine, what);
      const text = textOf(tokens);
      expect(text.trimStart()[0]).toBe('{');
      if (tokens.at(-1)!.finish === 'stop') expect(JSON.parse(text)).toEqual(expect.any(Object));
    }
  });

  it('has the finish length when max_tokens cut it', async () => {
    const schema = { type: 'string', minLength: 100 };
    const tokens = await collect(engine, {
      ...held(schema, 1),
      sampling: { ...held(schema, 1).sampling, maxTokens: 5 },
    });
    expect(tokens).toHaveLength(5);
    expect(tokens.at(-1)!.finish).toBe('length');
  });

  it('keeps the evidence of the raw logits', async () => {
    const free = await collect(engine, request(chat('Capital of Peru?'), { maxTokens: 1 }));
    const what = { ...request(chat('Capital of Peru?')), sampling: held({ type: 'null' }, 0).sampling };
    const [first] = await collect(engine, what);
    expect(first!.evidence).toEqual(free[0]!.evidence);
    expect(first!.id).not.toBe(free[0]!.id);
  });

  it('is refused with the field, for a schema that cannot be followed', async () => {
    await expect(collect(engine, held({ type: 'object', not: {} }, 0))).rejects.toMatchObject({
      code: 'PROMPT_INVALID',
      field: 'sampling.format',
      message: 'sampling.format: not is not supported: leave it out',
    });
  });

  it('keeps to a schema that can be read in ever more ways, and holds up nobody', async () => {
    const list = { type: 'array', items: { $ref: '#' }, minItems: 1 };
    const schema = { anyOf: [list, { ...list, maxItems: 5 }, { ...list, maxItems: 6 }, { const: 1 }] };
    const others = collect(engine, held(randomSchema(1), 1));
    const texts = await Promise.all([1, 2, 3].map(async (seed) => collect(engine, held(schema, seed))));
    for (const tokens of texts) {
      if (tokens.at(-1)!.finish === 'length') expect(textOf(tokens)).toMatch(/^ ?[[\]1, \n]+$/);
      else expect(ajv.validate(schema, JSON.parse(textOf(tokens)))).toBe(true);
    }
    expect((await others).at(-1)!.finish).toBe('stop');
  });

  it('cannot be resumed from tokens that the format does not allow', async () => {
    const what = held({ type: 'integer' }, 1);
    const [word] = await collect(engine, request(chat('Capital of Peru?'), { maxTokens: 1 }));
    const resumeFrom = [{ id: word!.id, text: word!.text }];
    await expect(collect(engine, { ...what, resumeFrom })).rejects.toMatchObject({
      code: 'PROMPT_INVALID',
      field: 'resumeFrom[0].id',
    });
  });
});
