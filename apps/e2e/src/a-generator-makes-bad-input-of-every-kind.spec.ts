import { catalog, completionParameters, controlRecord, frame, type Message } from '@ganglion/contracts';
import { z } from 'zod';
import { brokenBytes } from './bad-input-bytes.fixture.js';
import { exampleOf, type JsonSchema } from './bad-input-example.fixture.js';
import { type Mutation, systematicMutations, wrongValues } from './bad-input-mutations.fixture.js';
import { badInputs } from './bad-input-plan.fixture.js';
import { Chance } from './bad-input-random.fixture.js';

const textOf = ({ data }: Mutation): string => Buffer.from(data).toString('utf8');
const example = { taskId: 'a', nested: { list: [1, 'b'] } };
const named = (what: string): string => {
  const found = systematicMutations(example).find((mutation) => mutation.what === what);
  if (!found) throw new Error(`there is no mutation "${what}"`);
  return textOf(found);
};

/** What a schema alone does not tell: keys are ids of tokens. */
const facts = { max_tokens: 1, logit_bias: { 7: 1 } };

const schemas: [string, z.ZodType][] = [
  ...Object.values(catalog)
    .flatMap((module) => Object.values(module) as Message[])
    .map((message): [string, z.ZodType] => [
      message.subject,
      message.kind === 'event' ? message.payload : message.input,
    ]),
  ['a frame', frame],
  ...controlRecord.options.map((kind): [string, z.ZodType] => [
    `control record ${kind.shape.type.value}`,
    kind,
  ]),
  ['a completion', completionParameters],
];

describe('a generator of bad input', () => {
  it.each(schemas)('starts from a message that is valid: %s', (_subject, schema) => {
    const made = exampleOf(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, facts);
    expect(schema.safeParse(made).error?.issues).toBeUndefined();
  });

  it('puts every wrong value in the place of every field', () => {
    const made = new Set(systematicMutations(example).map(({ what }) => what));
    for (const path of ['the whole', 'taskId', 'nested', 'nested.list', 'nested.list.0', 'nested.list.1'])
      for (const wrong of Object.keys(wrongValues)) expect(made).toContain(`${path}: ${wrong}`);
  });

  it('leaves out every field, and adds unknown ones', () => {
    expect(named('taskId: missing')).toBe('{"nested":{"list":[1,"b"]}}');
    expect(named('nested.list.0: missing')).toBe('{"taskId":"a","nested":{"list":["b"]}}');
    expect(named('nested: an unknown field')).toBe('{"taskId":"a","nested":{"list":[1,"b"],"unknown":1}}');
  });

  it('writes what JavaScript cannot', () => {
    expect(named('taskId: infinite')).toBe('{"taskId":1e999,"nested":{"list":[1,"b"]}}');
    expect(named('taskId: a lone surrogate')).toContain(String.raw`"a\ud800b"`);
    expect(named('the whole: the field __proto__')).toContain('"__proto__":{"isAdmin":true}');
    expect(named('nested: lists, 10,000 deep')).toContain('['.repeat(10_000));
  });

  it('breaks the bytes themselves', () => {
    const broken = brokenBytes(example, new Chance(1), 1_000);
    const sizes = broken.map(({ data }) => data.length);
    expect(Math.min(...sizes)).toBe(0);
    expect(Math.max(...sizes)).toBeGreaterThan(1_000);
    const isJson = (mutation: Mutation): boolean => {
      try {
        return JSON.parse(textOf(mutation)) !== undefined;
      } catch {
        return false;
      }
    };
    expect(broken.filter((mutation) => !isJson(mutation)).length).toBeGreaterThan(broken.length / 2);
  });

  it.each([0, 1, 10, 500, 3_000])('makes as many as it is asked for: %i', (count) => {
    expect(badInputs(example, { chance: new Chance(1), count, large: 100 })).toHaveLength(count);
  });

  it('makes messages of which most are not valid', () => {
    const chat = exampleOf(z.toJSONSchema(completionParameters, { io: 'input' }) as JsonSchema, facts);
    const made = badInputs(chat, { chance: new Chance(1), count: 1_000, large: 100 });
    const isValid = (mutation: Mutation): boolean => {
      try {
        return completionParameters.safeParse(JSON.parse(textOf(mutation))).success;
      } catch {
        return false;
      }
    };
    expect(made.filter(isValid).length).toBeLessThan(200);
  });

  it('makes the same of the same seed, and others of another', () => {
    const of = (seed: number) =>
      badInputs(example, { chance: new Chance(seed), count: 50, large: 10 }).map(textOf);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });
});
