import { spawnSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build, FIXTURES, TINY } from '../testing/tiny-engine.js';
import { NativeGate, newGateState } from './native-gate.js';

describe('the gate to native calls', () => {
  it('lets calls through until it is closed, then none', async () => {
    const gate = new NativeGate(newGateState());
    const calls: string[] = [];
    expect(await gate.pass(async () => calls.push('first'))).toBe(1);
    gate.close();
    void gate.pass(async () => calls.push('second'));
    await turn();
    expect(calls).toEqual(['first']);
  });

  it('lets calls through after one that failed', async () => {
    const gate = new NativeGate(newGateState());
    await expect(gate.pass(() => Promise.reject(new Error('native')))).rejects.toThrow('native');
    expect(await gate.pass(async () => 'next')).toBe('next');
    gate.close();
  });

  it('lets a process exit in the middle of an answer without aborting', () => {
    build();
    const library = new URL('dist/index.js', pathToFileURL(`${FIXTURES}/../`)).href;
    const program = `
      const { openEngine } = await import(${JSON.stringify(library)});
      const engine = await openEngine({ model: ${JSON.stringify(TINY)}, threads: 1 });
      const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, presencePenalty: 0, frequencyPenalty: 0,
        repetitionPenalty: 1, seed: 0, maxTokens: 900, stop: [] };
      const prompt = { messages: [{ role: 'user', content: 'Count from 10 to 99.' }] };
      for await (const token of engine.generate({ prompt, sampling, choice: 0 }, new AbortController().signal)) {
        if (token.text.startsWith(',')) process.exit(7);
      }`;
    for (let trial = 0; trial < 5; trial++) {
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([7, '']);
    }
  });
});
