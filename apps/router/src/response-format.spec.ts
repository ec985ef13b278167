import { completionParameters, Fault } from '@ganglion/contracts';
import { answerFault } from './error-body.js';
import { parseInput } from './input.js';
import { formatOf } from './response-format.js';
import { withoutUnsupported } from './unsupported.js';

const body = { model: 'tiny', messages: [{ role: 'user', content: 'hello' }] };
const schemaFormat = (schema: unknown) => ({ type: 'json_schema', json_schema: { name: 'answer', schema } });

const formatOfBody = (response_format: unknown) =>
  formatOf(
    parseInput(completionParameters, withoutUnsupported({ ...body, response_format }), 'the body')
      .response_format,
  );

const refusal = (response_format: unknown) => {
  try {
    formatOfBody(response_format);
  } catch (error) {
    if (error instanceof Fault) return answerFault(error);
    throw error;
  }
  return undefined;
};

describe('response_format', () => {
  it('is nothing for text', () => {
    for (const asked of [undefined, null, { type: 'text' }]) expect(formatOfBody(asked)).toEqual({});
  });

  it('is passed on for any JSON object', () => {
    expect(formatOfBody({ type: 'json_object' })).toEqual({ format: { type: 'json_object' } });
  });

  it('keeps the order of a schema, as text', () => {
    const properties = { zebra: { type: 'null' }, apple: { type: 'integer' } };
    const asked = schemaFormat({ type: 'object', properties, required: ['zebra'] });
    const text =
      '{"type":"object","properties":{"zebra":{"type":"null"},"apple":{"type":"integer"}},"required":["zebra"]}';
    for (let time = 0; time < 100; time++) {
      expect(formatOfBody(asked)).toEqual({ format: { type: 'json_schema', schema: text } });
      formatOfBody(schemaFormat({ const: time }));
    }
  });

  it('may say strict, and what the schema is for', () => {
    const json_schema = { name: 'a-b_1', description: 'an answer', strict: true, schema: {} };
    expect(formatOfBody({ type: 'json_schema', json_schema })).toMatchObject({ format: { schema: '{}' } });
  });

  it.each<[string, unknown, string, RegExp]>([
    ['an unknown type', { type: 'yaml' }, 'response_format.type', /text, json_object or json_schema/],
    ['a word', 'json', 'response_format', /text, json_object or json_schema/],
    [
      'no schema',
      { type: 'json_schema', json_schema: { name: 'a' } },
      'response_format.json_schema.schema',
      /missing/,
    ],
    [
      'a name of other characters',
      { type: 'json_schema', json_schema: { name: 'a b', schema: {} } },
      'response_format.json_schema.name',
      /letters/,
    ],
    [
      'a keyword that is not supported',
      schemaFormat({ type: 'object', properties: { age: { type: 'integer', multipleOf: 2 } } }),
      'response_format.json_schema.schema.properties.age.multipleOf',
      /multipleOf is not supported: leave it out/,
    ],
    [
      'a schema that nothing satisfies',
      schemaFormat({ type: 'array', items: { $ref: '#' }, minItems: 1 }),
      'response_format.json_schema.schema',
      /satisfied by no document/,
    ],
    [
      'a schema of more than 65,536 characters',
      schemaFormat({ description: 'x'.repeat(70_000) }),
      'response_format.json_schema.schema',
      /65536/,
    ],
  ])('with %s is refused with the field', (_, asked, param, message) => {
    const answer = refusal(asked);
    expect(answer?.status).toBe(400);
    expect(answer?.body.error).toMatchObject({ type: 'invalid_request_error', param, code: 'invalid_value' });
    expect(answer?.body.error.message).toMatch(message);
  });
});
