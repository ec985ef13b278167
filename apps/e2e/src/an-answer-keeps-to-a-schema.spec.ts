import { type Receipt } from '@ganglion/commitment';
import { errorBody } from '@ganglion/contracts';
import { GanglionError } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, post, question, send } from './client.fixture.js';

const schema = {
  type: 'object',
  properties: {
    zone: { enum: ['north', 'south'] },
    cities: { type: 'array', items: { type: 'string', maxLength: 6 }, minItems: 1, maxItems: 2 },
    capital: { type: 'boolean' },
  },
  required: ['zone', 'cities', 'capital'],
  additionalProperties: false,
} as const;

const held = question(JAPAN, {
  temperature: 1,
  seed: 11,
  max_tokens: 200,
  response_format: { type: 'json_schema', json_schema: { name: 'country', strict: true, schema } },
});

const expectKept = (text: string): void => {
  const value = JSON.parse(text) as { zone: string; cities: string[]; capital: boolean };
  expect(Object.keys(value)).toEqual(['zone', 'cities', 'capital']);
  expect(schema.properties.zone.enum).toContain(value.zone);
  expect([1, 2]).toContain(value.cities.length);
  for (const city of value.cities) expect([...city].length).toBeLessThanOrEqual(6);
  expect(typeof value.capital).toBe('boolean');
};

describe('an answer that was asked for by a JSON schema', () => {
  let network: NetworkAddress;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
  });

  it('satisfies it, streamed or not, and its receipt holds', async () => {
    const client = clientOf(network);
    const whole = await client.chat(held);
    expectKept(whole.text);
    expect(whole.choices[0]!.finish).toBe('stop');

    const stream = await client.stream(held);
    let text = '';
    for await (const piece of stream) text += piece.text;
    const { taskId, verdict } = await stream.final;
    expect([text, verdict]).toEqual([whole.text, 'accepted']);

    const receipt: Receipt = await client.tasks.receipt(taskId);
    expect(await client.verify(receipt)).toMatchObject({ ok: true });
    expect(receipt.request).toMatchObject({
      sampling: { format: { type: 'json_schema', schema: JSON.stringify(schema) } },
    });
  });

  it('satisfies it in each of several choices, by several miners', async () => {
    const { choices, verdict } = await clientOf(network).chat({ ...held, n: 2, ganglion: { redundancy: 2 } });
    expect(verdict).toBe('accepted');
    expect(choices).toHaveLength(2);
    for (const { text } of choices) expectKept(text);
  });

  it('is the beginning of one when max_tokens cut it', async () => {
    const { text, choices } = await clientOf(network).chat({ ...held, max_tokens: 4 });
    expect(choices[0]!.finish).toBe('length');
    expect(text.trimStart()).toMatch(/^\{/);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('is a JSON object when only that was asked', async () => {
    const { text } = await clientOf(network).chat({
      ...held,
      max_tokens: 30,
      response_format: { type: 'json_object' },
    });
    expect(text.trimStart()).toMatch(/^\{/);
  });

  it('is refused at once when the schema cannot be followed, with the place', async () => {
    const response_format = {
      type: 'json_schema',
      json_schema: { name: 'country', schema: { type: 'object', properties: { area: { multipleOf: 5 } } } },
    };
    const response = await send(network, '/v1/chat/completions', post({ ...held, response_format }));
    expect(response.status).toBe(400);
    expect(errorBody.parse(await response.json()).error).toMatchObject({
      param: 'response_format.json_schema.schema.properties.area.multipleOf',
      message: expect.stringMatching(/multipleOf is not supported: leave it out/),
    });
    const streamed = clientOf(network).stream({
      ...held,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'tree', schema: { type: 'array', items: { $ref: '#' }, minItems: 1 } },
      },
    });
    await expect(streamed).rejects.toBeInstanceOf(GanglionError);
  });
});
