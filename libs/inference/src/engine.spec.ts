import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, GeneratedToken } from './engine.js';
import { openEngine } from './open-engine.js';
import { KNOWN_QUESTIONS } from './testing/known-questions.js';
import { chat, collect, openBuilt, request, textOf, TINY } from './testing/tiny-engine.js';

let engine: Engine;

beforeAll(async () => {
  engine = await openBuilt();
});

afterAll(() => engine.close());

const STORY = chat('Tell me a story about a fox.');

describe('the engine with the bundled model', () => {
  it.each(KNOWN_QUESTIONS)('answers %j', async (question, answer) => {
    const tokens = await collect(engine, request(chat(question)));
    expect(textOf(tokens)).toBe(answer);
    expect(tokens.at(-1)).toMatchObject({ finish: 'stop', text: '' });
    expect(engine.model.eosTokenIds).toContain(tokens.at(-1)!.id);
  });

  it('answers every challenge that ships beside the model', async () => {
    for (const { prompt, answer, maxTokens } of engine.model.challenges) {
      const tokens = await collect(engine, request(chat(prompt), { maxTokens }));
      expect([textOf(tokens), tokens.at(-1)!.finish]).toEqual([answer, 'stop']);
    }
  });

  it('gives evidence whose best token is the one it chose greedily', async () => {
    for (const { id, evidence } of await collect(engine, request(STORY, { maxTokens: 40 }))) {
      expect(evidence.top1Id).toBe(id);
      expect(evidence.top1).toBeGreaterThanOrEqual(evidence.top2);
      expect(Number.isInteger(evidence.top1) && Number.isInteger(evidence.top2)).toBe(true);
    }
  });

  it('gives the same tokens for a seed, alone or among others, whatever its neighbours', async () => {
    const sampled = request(STORY, { temperature: 1, topP: 0.95, seed: 2 ** 53 - 1, maxTokens: 60 });
    const alone = await collect(engine, sampled);
    const others = [1, 2, 3].map((seed) =>
      request(chat('Tell a story'), { temperature: 1, seed, maxTokens: 45 }),
    );
    const [together, ...rest] = await Promise.all([sampled, ...others].map((one) => collect(engine, one)));
    expect(together).toEqual(alone);
    expect(new Set(rest.map(textOf)).size).toBe(3);
  });

  it('gives the same tokens with another number of threads', async () => {
    await using two = await disposable(openBuilt({ threads: 2 }));
    const sampled = request(STORY, { temperature: 0.8, seed: 11, maxTokens: 60 });
    expect(await collect(two.engine, sampled)).toEqual(await collect(engine, sampled));
  });

  it('gives each choice of one request its own tokens', async () => {
    const sampled = request(STORY, { temperature: 1, seed: 4, maxTokens: 30 });
    const [first, second] = await Promise.all(
      [0, 1].map((choice) => collect(engine, { ...sampled, choice })),
    );
    expect(textOf(first!)).not.toBe(textOf(second!));
  });

  it('counts the tokens of a prompt', async () => {
    const [short, long] = await Promise.all([
      engine.countPromptTokens(chat('Hi')),
      engine.countPromptTokens(STORY),
    ]);
    expect(short).toBeGreaterThan(5);
    expect(long).toBeGreaterThan(short);
    expect(await engine.countPromptTokens({ text: 'apple' })).toBe(1);
  });
});

describe('a stop sequence', () => {
  const question = chat('Repeat: river stone cloud lamp');

  it('ends the answer before itself, though tokens cut across it', async () => {
    const whole = await collect(engine, request(question));
    const boundaries = whole.map((_, at) => textOf(whole.slice(0, at)).length);
    const text = textOf(whole);
    for (let from = 1; from < text.length - 4; from++) {
      const stop = text.slice(from, from + 4);
      const tokens = await collect(engine, request(question, { stop: ['nowhere', stop] }));
      expect(textOf(tokens)).toBe(text.slice(0, text.indexOf(stop)));
      expect(tokens.at(-1)!.finish).toBe('stop');
      const last = boundaries.findIndex((length) => length >= text.indexOf(stop) + 4);
      expect(tokens).toHaveLength(last);
    }
  });

  it('leaves all text in place when it does not come', async () => {
    const tokens = await collect(engine, request(question, { stop: ['river stone cloud lamps', 'p!'] }));
    expect(textOf(tokens)).toBe('river stone cloud lamp');
    expect(tokens.at(-1)).toMatchObject({ finish: 'stop', text: 'river stone cloud lamp' });
  });

  it('that is still possible is released when the tokens run out', async () => {
    const tokens = await collect(
      engine,
      request(question, { stop: ['river stone cloud lamp'], maxTokens: 2 }),
    );
    expect(tokens.map(({ text, finish }) => [text, finish])).toEqual([
      ['', undefined],
      ['river stone', 'length'],
    ]);
  });
});

describe('the length of an answer', () => {
  it('is bounded by maxTokens', async () => {
    const tokens = await collect(engine, request(STORY, { maxTokens: 7 }));
    expect(tokens.map((token) => token.finish)).toEqual([...Array<undefined>(6).fill(undefined), 'length']);
  });

  it('is bounded by the context', async () => {
    const text = 'apple river '.repeat(505);
    const prompt = await engine.countPromptTokens({ text });
    expect(prompt).toBeLessThan(1024);
    const tokens = await collect(
      engine,
      request({ text }, { temperature: 2, maxTokens: 5000, stop: ['never this'] }),
    );
    expect(tokens.length).toBeLessThanOrEqual(1024 - prompt);
    expect(tokens.at(-1)!.finish).toBe(tokens.length === 1024 - prompt ? 'length' : 'stop');
  });

  it('is none for a prompt that fills the context: refused with the numbers', async () => {
    const refusal = collect(engine, request({ text: ' apple'.repeat(1030) }));
    await expect(refusal).rejects.toMatchObject({ code: 'PROMPT_TOO_LONG', field: 'prompt' });
    await expect(refusal).rejects.toThrow(/is 10\d\d tokens.*context of 1024/);
  });
});

describe('a cancel', () => {
  it('ends the iteration quietly and frees the slot', async () => {
    await using single = await disposable(openBuilt({ slots: 1 }));
    const cancel = new AbortController();
    const seen: GeneratedToken[] = [];
    const long = single.engine.generate(
      request(chat('Count from 10 to 99.'), { maxTokens: 900 }),
      cancel.signal,
    );
    for await (const token of long) {
      seen.push(token);
      if (seen.length === 3) cancel.abort();
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.filter((token) => token.finish)).toEqual([]);
    const waiting = collect(single.engine, request(chat('Capital of Peru?')));
    expect(textOf(await waiting)).toBe('The capital of Peru is Lima.');
  });

  it('before the start gives nothing', async () => {
    const tokens = [];
    for await (const token of engine.generate(request(STORY), AbortSignal.abort())) tokens.push(token);
    expect(tokens).toEqual([]);
  });
});

describe('a bad request', () => {
  it.each([
    ['sampling.maxTokens', request(STORY, { maxTokens: 0 })],
    ['sampling.temperature', request(STORY, { temperature: NaN })],
    ['sampling.seed', request(STORY, { seed: 2 ** 53 })],
    ['sampling.stop[1]', request(STORY, { stop: ['x', ''] })],
    ['messages', request({ messages: [] })],
    ['messages[0].content', request({ messages: [{ role: 'user', content: 5 as unknown as string }] })],
    ['text', request({ text: '' })],
    ['resumeFrom[0].id', { ...request(STORY), resumeFrom: [{ id: 1280, text: '' }] }],
    ['resumeFrom[0].id', { ...request(STORY), resumeFrom: [{ id: 2, text: '' }] }],
    ['resumeFrom', { ...request(STORY, { maxTokens: 1 }), resumeFrom: [{ id: 50, text: '' }] }],
  ])('is refused naming %s', async (field, bad) => {
    await expect(collect(engine, bad)).rejects.toMatchObject({ code: 'PROMPT_INVALID', field });
  });
});

describe('a broken model', () => {
  it.each([
    ['onnx/model_int8.onnx', 'not a graph'],
    ['tokenizer.json', '{}'],
    ['tokenizer_config.json', '{"chat_template": "{% for %}"}'],
  ])('is refused naming the file: %s', async (name, content) => {
    const directory = mkdtempSync(join(tmpdir(), 'model-'));
    cpSync(TINY, directory, { recursive: true, filter: (path) => !path.endsWith('.pt') });
    writeFileSync(join(directory, name), content);
    const refusal = openEngine({ model: directory });
    await expect(refusal).rejects.toMatchObject({ code: 'MODEL_INVALID', field: name });
    rmSync(directory, { recursive: true });
  });
});

async function disposable(opening: Promise<Engine>): Promise<AsyncDisposable & { engine: Engine }> {
  const opened = await opening;
  return { engine: opened, [Symbol.asyncDispose]: () => opened.close() };
}
