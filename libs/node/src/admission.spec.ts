import type { InferJob } from '@ganglion/contracts';
import { admit } from './admission.js';
import { systemClock } from './clock.js';
import { modelDigestOf } from './declaration.js';
import { attemptFor, requestFor, ScriptedEngine } from './scripted-engine.fixture.js';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');

const admitted = (engine: ScriptedEngine, changes: Partial<InferJob> = {}) =>
  admit(attemptFor(engine, changes), {
    engine,
    modelDigest: modelDigestOf(engine),
    clock: { ...systemClock, ms: () => NOW },
  });

const failing = (code: string): (() => Promise<number>) => {
  const error = Object.assign(new Error('it is no prompt'), { code });
  return () => Promise.reject(error);
};

describe('an offer', () => {
  it('is taken with the length of its prompt', async () => {
    const { promptTokens } = await admitted(new ScriptedEngine(() => []));
    expect(await promptTokens).toBe(5);
  });

  it('is refused for another model, so that another node may take it', async () => {
    const engine = new ScriptedEngine(() => []);
    const request = requestFor(engine, { modelDigest: '00'.repeat(32) });
    await expect(admitted(engine, { request })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('is refused when it comes too late', async () => {
    await expect(
      admitted(new ScriptedEngine(() => []), { expiresAt: new Date(NOW).toISOString() }),
    ).rejects.toMatchObject({ code: 'EXPIRED' });
  });

  it('is refused with the numbers when the prompt leaves no room for a token', async () => {
    const engine = new ScriptedEngine(() => []);
    engine.promptTokens = () => Promise.resolve(64);
    await expect(admitted(engine)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/64 tokens.*context of 64/) as unknown,
    });
    engine.promptTokens = () => Promise.resolve(63);
    await admitted(engine);
  });

  it('is the request’s fault when the prompt is refused, and not when the engine fails', async () => {
    const engine = new ScriptedEngine(() => []);
    engine.promptTokens = failing('PROMPT_INVALID');
    await expect(admitted(engine)).rejects.toMatchObject({ code: 'INVALID' });
    engine.promptTokens = failing('ENGINE_FAILED');
    await expect(admitted(engine)).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('does not wait for an engine that is deep in another prompt, if its own is surely short enough', async () => {
    const engine = new ScriptedEngine(() => []);
    let answer: (tokens: number) => void = () => {};
    engine.promptTokens = () => new Promise((resolve) => (answer = resolve));
    const { promptTokens } = await admitted(engine);
    answer(9);
    expect(await promptTokens).toBe(9);
    const request = requestFor(engine, { prompt: { text: 'x'.repeat(60) } });
    await expect(admitted(engine, { request })).rejects.toMatchObject({
      code: 'BUSY',
    });
  });

  it('is refused when it biases a token that the model does not have, naming the field', async () => {
    const engine = new ScriptedEngine(() => []);
    const biased = (...ids: number[]) => {
      const { sampling } = requestFor(engine);
      const logitBias = ids.map((id): [number, number] => [id, -100]);
      return { request: requestFor(engine, { sampling: { ...sampling, logitBias } }) };
    };
    await admitted(engine, biased(0, 99));
    await expect(admitted(engine, biased(5, 100))).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/^logit_bias: token 100 .* 0 to 99$/) as unknown,
      details: { field: 'logit_bias' },
    });
  });

  it('is refused when it resumes what cannot be resumed', async () => {
    const engine = new ScriptedEngine(() => []);
    const prefix = (choice: number, length: number) => ({
      choice,
      head: 'ab'.repeat(32),
      tokens: Array.from({ length }, (): [number, string] => [1, 'a']),
    });
    for (const resumeFrom of [[prefix(1, 1)], [prefix(0, 1), prefix(0, 2)], [prefix(0, 17)]]) {
      await expect(admitted(engine, { resumeFrom })).rejects.toMatchObject({
        code: 'INVALID',
        message: expect.stringMatching(/^resumeFrom/) as unknown,
      });
    }
  });
});
