import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../model/json-file.js';
import { ModelFolder } from '../testing/model-folder.js';
import { FIXTURES } from '../testing/tiny-engine.js';
import { PromptEncoder } from './prompt-encoder.js';

let folder: ModelFolder;

beforeEach(() => {
  folder = new ModelFolder();
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(FIXTURES, name), join(folder.path, name));
  }
});

afterEach(() => folder[Symbol.dispose]());

const parsed = (name: string): JsonObject =>
  JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as JsonObject;
const put = (name: string, value: unknown): string => folder.put(name, JSON.stringify(value));

describe('PromptEncoder', () => {
  it('encodes text as bytes with the fixture, and messages with a template', async () => {
    folder.put('chat_template.jinja', '{{ messages[0].content }}{{ eos_token }}');
    const encoder = await PromptEncoder.load(folder.path);
    expect(encoder.encode({ text: 'ab' })).toEqual([100, 101]);
    expect(encoder.encode({ messages: [{ role: 'user', content: 'ab' }] })).toEqual([100, 101, 2]);
  });

  it('refuses a prompt with a token that the model has not', async () => {
    put('config.json', { ...parsed('config.json'), vocab_size: 101 });
    const encoder = await PromptEncoder.load(folder.path);
    expect(encoder.encode({ text: 'a' })).toEqual([100]);
    expect(() => encoder.encode({ text: 'ab' })).toThrow(/outside the model's vocabulary/);
  });

  it('refuses a model whose template does not end, when it is loaded', async () => {
    const loop = '{% for i in range(100000) %}';
    folder.put('chat_template.jinja', `${loop}${loop}${loop}{% endfor %}{% endfor %}{% endfor %}`);
    await expect(PromptEncoder.load(folder.path)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'chat_template.jinja',
      message: expect.stringMatching(/took longer than 5 s/) as string,
    });
  });

  it('loads a model whose template dislikes short conversations, and tells the prompts', async () => {
    folder.put('chat_template.jinja', "{{ raise_exception('begin with a system message') }}");
    const encoder = await PromptEncoder.load(folder.path);
    expect(() => encoder.encode({ messages: [{ role: 'user', content: 'a' }] })).toThrow(
      /^messages were refused by the chat template: begin with a system message$/,
    );
  });

  it('refuses a template that nests too deeply to be parsed', async () => {
    folder.put('chat_template.jinja', `{{ ${'('.repeat(200_000)}1${')'.repeat(200_000)} }}`);
    await expect(PromptEncoder.load(folder.path)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'chat_template.jinja',
    });
  });

  it('refuses a tokenizer that nests deeply', async () => {
    const tokenizer = JSON.stringify({ ...parsed('tokenizer.json'), normalizer: 'NESTED' });
    const nested = '{"type":"Sequence","normalizers":['.repeat(100_000) + ']}'.repeat(100_000);
    folder.put('tokenizer.json', tokenizer.replace('"NESTED"', nested));
    await expect(PromptEncoder.load(folder.path)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'tokenizer.json',
    });
  });
});
