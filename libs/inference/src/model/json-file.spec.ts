import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFolder } from '../testing/model-folder.js';
import { positiveInteger, readJsonObject, readText } from './json-file.js';

let folder: ModelFolder;

beforeEach(() => {
  folder = new ModelFolder();
});

afterEach(() => folder[Symbol.dispose]());

const refused = (field: string, message: RegExp): object => ({
  code: 'MODEL_INVALID',
  field,
  message: expect.stringMatching(message) as string,
});

describe("the model's JSON files", () => {
  it.each([
    ['tokenizer.json', 128 * 2 ** 20],
    ['config.json', 16 * 2 ** 20],
    ['tokenizer_config.json', 16 * 2 ** 20],
    ['chat_template.jinja', 2 ** 20],
  ])('are not read when too large: %s above %d bytes', async (name, most) => {
    // Sparse: nothing of it is on the disk.
    truncateSync(join(folder.path, folder.put(name, '')), most + 1);
    await expect(readText(folder.path, name)).rejects.toMatchObject(
      refused(name, new RegExp(`is ${most + 1} bytes long, above the limit of ${most}$`)),
    );
    truncateSync(join(folder.path, name), 10);
    await expect(readText(folder.path, name)).resolves.toHaveLength(10);
  });

  it('are files: neither a directory nor a device without an end', async () => {
    mkdirSync(join(folder.path, 'config.json'));
    await expect(readText(folder.path, 'config.json')).rejects.toMatchObject(
      refused('config.json', /is no file/),
    );
    symlinkSync('/dev/zero', join(folder.path, 'tokenizer.json'));
    await expect(readText(folder.path, 'tokenizer.json')).rejects.toMatchObject(
      refused('tokenizer.json', /is no file/),
    );
  });

  it('are objects, however deeply they nest', async () => {
    folder.put('config.json', '['.repeat(4_000_000));
    await expect(readJsonObject(folder.path, 'config.json')).rejects.toMatchObject(
      refused('config.json', /is not JSON/),
    );
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    folder.put('config.json', `{"vocab_size": ${deep}}`);
    const config = await readJsonObject(folder.path, 'config.json');
    expect(() => positiveInteger('config.json', config, 'vocab_size')).toThrow(
      /^config.json must give vocab_size as an integer above 0, not an object$/,
    );
  });

  it('are told of in short, whatever they hold', () => {
    expect(() => positiveInteger('config.json', { heads: 'x'.repeat(1e6) }, 'heads')).toThrow(/^.{60,120}$/);
    expect(() => positiveInteger('config.json', {}, 'heads')).toThrow(/not undefined$/);
  });
});
