import { join } from 'node:path';
import type { Engine } from './engine.js';
import { KNOWN_QUESTIONS } from './testing/known-questions.js';
import { chat, collect, openBuilt, request, textOf } from './testing/tiny-engine.js';

const MADE = process.env['GANGLION_MODEL_VARIANTS'];
if (!MADE)
  throw new Error('GANGLION_MODEL_VARIANTS is not set: run `npm run models:check`, which makes the models');

describe.each([
  ['fp32-gqa', 'fp32'],
  ['fp32-plain', 'fp32'],
  ['fp16-gqa', 'fp16'],
  ['fp16-plain', 'fp16'],
  ['int8-gqa', 'int8'],
  ['int8-plain', 'int8'],
  ['int4-gqa', 'q4'],
  ['int4-plain', 'q4'],
  ['int8-shared', 'int8'],
  ['int4-shared', 'q4'],
  ['int4-external', 'q4'],
  ['fp32-gqa-positions', 'fp32'],
  ['fp32-from-gguf', 'fp32'],
])('the bundled model as %s', (name, quantisation) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await openBuilt({ model: join(MADE, name) });
  });

  afterAll(() => engine.close());

  it(`is ${quantisation}`, () => {
    expect(engine.model.quantisation).toBe(quantisation);
  });

  it.each(KNOWN_QUESTIONS)('answers %j', async (question, answer) => {
    const tokens = await collect(engine, request(chat(question)));
    expect([textOf(tokens), tokens.at(-1)!.finish]).toEqual([answer, 'stop']);
  });

  if (name === 'int4-external') {
    it('counts the weights beside the graph into its manifest', () => {
      const graph = engine.model.files.find((file) => file.path === 'onnx/model_q4.onnx')!;
      const data = engine.model.files.find((file) => file.path === 'onnx/model_q4.onnx_data')!;
      expect(data.bytes).toBeGreaterThan(20 * graph.bytes);
    });
  }
});
