/** @jest-environment ./libs/inference/jest/native-arrays-environment.mjs */
import { readModel } from '../model/model.js';
import { ModelFolder } from '../testing/model-folder.js';
import { TINY } from '../testing/tiny-engine.js';
import { copyWithAccuracy } from '../testing/with-accuracy.js';
import type { Decoder } from './decoder.js';
import { openDecoder, type OpenDecoder } from './open-decoder.js';
import { rowsAgree } from './rows-agree.js';

const GRAPH = 'onnx/model_int8.onnx';
const folders: ModelFolder[] = [];
const opened: OpenDecoder[] = [];

/** The bundled model on the C API, with four rows; its file with another accuracy level where one is given. */
async function open(level?: number): Promise<OpenDecoder> {
  let directory = TINY;
  if (level !== undefined) {
    const folder = new ModelFolder();
    folders.push(folder);
    directory = folder.path;
    await copyWithAccuracy(TINY, GRAPH, { to: directory, level });
  }
  const settings = { provider: 'cpu', mayShrink: false, slots: 4, threads: 1, graph: GRAPH } as const;
  const one = await openDecoder(await readModel(directory), { ...settings, binding: 'c-api' });
  opened.push(one);
  return one;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ decoder }) => decoder.close()));
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

const bits = (logits: Float32Array | undefined): string =>
  Buffer.from(Float32Array.from(logits!).buffer).toString('hex');

const prompt = (row: number): number[] => Array.from({ length: 20 + row }, (_, at) => 3 + 7 * at + row);

/** After a prompt in each row: the next step's logits of each row alone, and of all together. */
async function aloneAndTogether(decoder: Decoder): Promise<[string[], string[]]> {
  const alone: string[] = [];
  for (let row = 0; row < decoder.rows; row++) {
    await decoder.append(row, prompt(row));
    alone.push(bits(await decoder.append(row, [9])));
    decoder.truncate(row, prompt(row).length);
  }
  return [alone, (await decoder.appendEach(alone.map(() => 9))).map(bits)];
}

describe('rows that are computed together', () => {
  it('agree with rows alone where activations are rounded row by row', async () => {
    const { decoder, determinismClass, notices } = await open();
    expect(decoder.sharesRuns).toBe(true);
    expect(await rowsAgree(decoder)).toBe(true);
    expect([0, 1, 2, 3].map((row) => decoder.lengthOf(row))).toEqual([0, 0, 0, 0]);
    expect(determinismClass).toMatch(/-prefill64$/);
    expect(notices).toEqual([]);
  });

  it('are made to agree where the model leaves its precision open', async () => {
    const [whole, undecided] = [await open(), await open(0)];
    expect(undecided.decoder.sharesRuns).toBe(true);
    expect(undecided.determinismClass).toBe(`${whole.determinismClass}-int8`);
    const [alone, together] = await aloneAndTogether(undecided.decoder);
    expect(together).toEqual(alone);
    expect(alone).toEqual((await aloneAndTogether(whole.decoder))[0]);
  });

  it('are separated where kernels compute one row otherwise than several', async () => {
    const { decoder, notices, determinismClass } = await open(1);
    expect(decoder.sharesRuns).toBe(false);
    expect(notices.join()).toMatch(/one after another, not together: its kernels compute one row otherwise/);
    expect(determinismClass).toMatch(/-prefill64$/);
    const [alone, together] = await aloneAndTogether(decoder);
    expect(together).toEqual(alone);
    expect(new Set(alone).size).toBe(4);
  });

  it('need no agreement when there is one', async () => {
    const settings = { provider: 'cpu', mayShrink: false, slots: 1, threads: 1, graph: GRAPH } as const;
    const one = await openDecoder(await readModel(TINY), { ...settings, binding: 'c-api' });
    opened.push(one);
    expect(await rowsAgree(one.decoder)).toBe(true);
  });
});
