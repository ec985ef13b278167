import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.js';
import { collect, openBuilt, request, textOf } from './testing/tiny-engine.js';

/** Set by `npm run models:check` where the model could be downloaded; it says so where not. */
const SMOLLM2 = process.env['GANGLION_SMOLLM2'];

(SMOLLM2 ? describe : describe.skip)('SmolLM2-135M-Instruct', () => {
  let engine: Engine;

  beforeAll(async () => {
    expect(existsSync(join(SMOLLM2!, 'config.json'))).toBe(true);
    engine = await openBuilt({ model: SMOLLM2! });
  });

  afterAll(() => engine?.close());

  it('holds a short conversation', async () => {
    const messages: { role: string; content: string }[] = [];
    const ask = async (content: string): Promise<string> => {
      messages.push({ role: 'user', content });
      const tokens = await collect(engine, request({ messages: [...messages] }, { maxTokens: 60 }));
      messages.push({ role: 'assistant', content: textOf(tokens) });
      return textOf(tokens);
    };
    expect(await ask('What is the capital of France?')).toBe('The capital of France is Paris.');
    expect(await ask('And of Italy?')).toBe('The capital of Italy is Rome.');
    expect(await ask('What is gravity?')).toMatch(/\bgravity\b.*\b(force|physics)\b/i);
  });

  it('ends its answer by itself, with no special token in the text', async () => {
    const what = request({ messages: [{ role: 'user', content: 'What is the capital of France?' }] });
    const tokens = await collect(engine, what);
    expect(tokens.at(-1)).toMatchObject({ id: 2, finish: 'stop', text: '' });
    expect(textOf(tokens)).not.toMatch(/<\|/);
  });
});
