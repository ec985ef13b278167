/** @jest-environment ./libs/inference/jest/native-arrays-environment.mjs */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIXTURES, TINY } from '../testing/tiny-engine.js';
import { calibrate } from './calibrate.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'model-'));
  mkdirSync(join(directory, 'onnx'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** One graph of the same two-layer model, with weights of single precision. */
function fixture(graph: string): string {
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(FIXTURES, name), join(directory, name));
  }
  cpSync(join(FIXTURES, graph), join(directory, 'onnx/model.onnx'));
  return directory;
}

const NOTHING = { max: 0, p999: 0, p99: 0, p50: 0 };

describe('a calibration', () => {
  it('of the bundled model finds decodes equal to the bit, and prefill near', async () => {
    const progress: string[] = [];
    const onProgress = (done: number, total: number): void => void progress.push(`${done}/${total}`);
    const found = await calibrate({ model: TINY, prompts: 10, tokens: 24, onProgress });
    expect(progress).toEqual(Array.from({ length: 10 }, (_, at) => `${at + 1}/10`));
    expect(found).toMatchObject({ quantisation: 'int8', reference: { binding: 'c-api', threads: 1 } });
    const { prefill, ...others } = found.distributions;
    expect(Object.keys(others).sort()).toEqual([
      'decode, 2 threads',
      'decode, batch of 4',
      'decode, batch of 8',
      'decode, onnxruntime-node',
      'prefill, 2 threads',
      'prefill, onnxruntime-node',
    ]);
    for (const [name, differences] of Object.entries(others)) {
      if (name.startsWith('prefill')) expect(differences).toEqual(prefill);
      else expect(differences).toMatchObject({ logits: NOTHING, evidence: NOTHING, gap: NOTHING, lost: 0 });
    }
    expect(prefill!.positions).toBe(found.positions - 10);
    expect(prefill!.logits.max).toBeGreaterThan(0);
    expect(found.tolerances.evidence).toBeGreaterThan(prefill!.evidence.max);
    expect(found.tolerances.gap).toBeGreaterThan(prefill!.gap.max);
    expect(found.tolerances.gap).toBeLessThan(1);
  });

  it('of weights in single precision finds next to no difference', async () => {
    const { distributions, tolerances } = await calibrate({
      model: fixture('gqa.onnx'),
      prompts: 4,
      tokens: 40,
    });
    expect(distributions['prefill']!.logits.max).toBeLessThan(1e-4);
    expect(tolerances.evidence).toBeLessThanOrEqual(2);
    expect(tolerances.gap).toBeLessThan(1e-3);
  });

  it('of a model that only the portable binding runs leaves the other out', async () => {
    const { reference, distributions } = await calibrate({
      model: fixture('plain.onnx'),
      prompts: 2,
      tokens: 8,
    });
    expect(reference.binding).toBe('onnxruntime-node');
    expect(Object.keys(distributions).sort()).toEqual(['decode, 2 threads', 'prefill', 'prefill, 2 threads']);
  });

  it('is cancelled between answers', async () => {
    const stop = new AbortController();
    const onProgress = (done: number): void => void (done === 2 && stop.abort());
    const calibrating = calibrate({ model: TINY, prompts: 100, tokens: 4, onProgress, signal: stop.signal });
    await expect(calibrating).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
