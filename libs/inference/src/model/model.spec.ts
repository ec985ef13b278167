import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TINY } from '../testing/tiny-engine.js';
import { readModel } from './model.js';

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'model-'));
  cpSync(TINY, copy, { recursive: true, filter: (path) => !path.endsWith('.pt') });
});

afterEach(() => rmSync(copy, { recursive: true }));

const put = (name: string, content: unknown): void =>
  writeFileSync(join(copy, name), typeof content === 'string' ? content : JSON.stringify(content));

describe('readModel', () => {
  it('reads the bundled model', async () => {
    const model = await readModel(TINY, 'bundled');
    expect(model).toMatchObject({
      id: 'bundled',
      path: TINY,
      contextLength: 1024,
      vocabSize: 1280,
      eosTokenIds: [2, 0],
      defaults: { temperature: 0, topP: 1, topK: 0, maxTokens: 256 },
      quantisation: 'int8',
      parameters: 2_607_552,
    });
    expect(model.challenges.length).toBeGreaterThanOrEqual(40);
  });

  it('lists size and hash of every file that decides an answer, sorted by path', async () => {
    const { files } = await readModel(TINY);
    expect(files.map((file) => file.path)).toEqual([
      'config.json',
      'generation_config.json',
      'onnx/model_int8.onnx',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    for (const file of files) {
      const content = readFileSync(join(TINY, file.path));
      expect(file.bytes).toBe(content.length);
      expect(file.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }
  });

  it('prefers int8, counts data files and a template of its own into the manifest', async () => {
    put('onnx/model.onnx', 'graph');
    put('onnx/model_q4.onnx', 'graph');
    put('onnx/model_int8.onnx_data', 'weights');
    put('chat_template.jinja', '{{ messages[0].content }}');
    const { quantisation, files } = await readModel(copy);
    expect(quantisation).toBe('int8');
    expect(files.map((file) => file.path)).toEqual(
      expect.arrayContaining(['chat_template.jinja', 'onnx/model_int8.onnx', 'onnx/model_int8.onnx_data']),
    );
    expect(files.map((file) => file.path)).not.toContain('onnx/model.onnx');
  });

  it('takes the only graph there is, whatever its precision', async () => {
    renameSync(join(copy, 'onnx/model_int8.onnx'), join(copy, 'onnx/model.onnx'));
    expect(await readModel(copy)).toMatchObject({ quantisation: 'fp32' });
  });

  it('finds the end token in the tokenizer when no configuration names it', async () => {
    rmSync(join(copy, 'generation_config.json'));
    const config = JSON.parse(readFileSync(join(copy, 'config.json'), 'utf8')) as Record<string, unknown>;
    delete config['eos_token_id'];
    put('config.json', config);
    expect(await readModel(copy)).toMatchObject({
      eosTokenIds: [2],
      defaults: { temperature: 1, maxTokens: 512 },
    });
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'])(
    'names %s when it is missing',
    async (name) => {
      rmSync(join(copy, name));
      await expect(readModel(copy)).rejects.toMatchObject({ code: 'MODEL_INVALID', field: name });
    },
  );

  it.each([
    ['config.json', '{'],
    ['config.json', '[]'],
    ['config.json', { vocab_size: 10 }],
    ['config.json', { vocab_size: '10', max_position_embeddings: 9 }],
    ['generation_config.json', { eos_token_id: 'end' }],
    ['generation_config.json', { eos_token_id: 2, top_p: -1 }],
    ['challenges.json', [{ prompt: 'only' }]],
    ['chat_template.json', { chat_template: 5 }],
  ])('names %s when it holds %j', async (name, content) => {
    put(name, content);
    await expect(readModel(copy)).rejects.toMatchObject({ code: 'MODEL_INVALID', field: name });
  });

  it('names what is missing when there is no graph, or no directory', async () => {
    rmSync(join(copy, 'onnx'), { recursive: true });
    await expect(readModel(copy)).rejects.toMatchObject({ code: 'MODEL_INVALID', field: 'onnx/model*.onnx' });
    await expect(readModel(join(copy, 'nowhere'))).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'model',
    });
  });
});
