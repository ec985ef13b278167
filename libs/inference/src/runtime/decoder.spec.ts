/** @jest-environment ./libs/inference/jest/native-arrays-environment.mjs */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BindingName } from '../engine.js';
import { readModel } from '../model/model.js';
import { TINY } from '../testing/tiny-engine.js';
import type { Decoder } from './decoder.js';
import { openDecoder, type OpenDecoder } from './open-decoder.js';

const GRAPH = 'onnx/model_int8.onnx';
const opened: OpenDecoder[] = [];

async function open(binding: BindingName, slots = 4): Promise<Decoder> {
  const one = await openDecoder(await readModel(TINY), {
    binding,
    provider: 'cpu',
    mayShrink: false,
    slots,
    threads: 1,
    graph: GRAPH,
  });
  opened.push(one);
  return one.decoder;
}

afterEach(() => Promise.all(opened.splice(0).map(({ decoder }) => decoder.close())));

const words = (length: number, from = 0): number[] =>
  Array.from({ length }, (_, at) => 3 + (((from + at) * 7919) % 1000));

/** The bits of logits, kept: the memory is used again. */
const bits = (logits: Float32Array | undefined): string =>
  Buffer.from(Float32Array.from(logits!).buffer).toString('hex');

describe.each<BindingName>(['c-api', 'onnxruntime-node'])('a decoder over %s', (binding) => {
  it('is what was asked for', async () => {
    await open(binding);
    expect(opened[0]!.binding).toBe(binding);
    expect(opened[0]!.notices).toEqual([]);
  });

  it('gives the same bits for a prompt in one run or several', async () => {
    const decoder = await open(binding);
    const whole = bits(await decoder.append(0, words(79)));
    await decoder.append(1, words(30));
    await decoder.append(1, words(20, 30));
    expect(bits(await decoder.append(1, words(29, 50)))).toBe(whole);
    expect([0, 1, 2].map((row) => decoder.lengthOf(row))).toEqual([79, 79, 0]);
  });

  it('gives each row of a step the bits of a step of its own, whatever the rows beside it hold', async () => {
    const decoder = await open(binding);
    const lengths = [5, 64, 17, 40];
    for (const [row, length] of lengths.entries()) await decoder.append(row, words(length, row));
    for (let step = 0; step < 12; step++) {
      const alone: string[] = [];
      for (const [row, length] of lengths.entries()) {
        alone.push(bits(await decoder.append(row, [9 + step])));
        decoder.truncate(row, length + step);
      }
      const together = await decoder.appendEach(lengths.map(() => 9 + step));
      expect(together.map(bits)).toEqual(alone);
    }
  });

  it('answers for every token of a run, nearly as it answers for each when it comes alone', async () => {
    const decoder = await open(binding);
    for (const row of [0, 1]) await decoder.append(row, words(70));
    const all = await decoder.appendAll(0, words(64, 70));
    expect([decoder.lengthOf(0), all.length]).toEqual([134, 64]);
    const kept = all.map(bits);
    let furthest = 0;
    for (const [at, id] of words(64, 70).entries()) {
      // Other runs take memory of their own: what was answered stays.
      const alone = await decoder.append(1, [id]);
      for (const [token, logit] of alone.entries()) {
        furthest = Math.max(furthest, Math.abs(logit - all[at]![token]!));
      }
    }
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(0.5);
    expect(all.map(bits)).toEqual(kept);
    decoder.truncate(0, 70);
    expect((await decoder.appendAll(0, words(64, 70))).map(bits)).toEqual(kept);
  });

  it('leaves rows without a token as they are', async () => {
    const decoder = await open(binding);
    for (const row of [0, 1, 2]) await decoder.append(row, words(20, row));
    const [first, second, third] = await decoder.appendEach([undefined, 11]);
    expect([first, third]).toEqual([undefined, undefined]);
    expect(second).toHaveLength(1280);
    expect([0, 1, 2].map((row) => decoder.lengthOf(row))).toEqual([20, 21, 20]);
    const after = bits(await decoder.append(0, [12]));
    await decoder.append(3, words(20, 0));
    expect(bits(await decoder.append(3, [12]))).toBe(after);
  });

  it('goes on from a copied or shortened row as from its own', async () => {
    const decoder = await open(binding);
    await decoder.append(0, words(64));
    const whole = bits(await decoder.append(0, words(30, 64)));
    decoder.copy(0, 2, 64);
    expect(bits(await decoder.append(2, words(30, 64)))).toBe(whole);
    decoder.truncate(0, 64);
    await decoder.append(0, words(40, 300));
    decoder.truncate(0, 64);
    expect(bits(await decoder.append(0, words(30, 64)))).toBe(whole);
  });

  it('holds as many tokens as its capacity', async () => {
    const decoder = await open(binding, 1);
    await decoder.append(0, words(79));
    while (decoder.lengthOf(0) < 1020) await decoder.append(0, words(1));
    const last = await decoder.append(0, words(4));
    expect(decoder.lengthOf(0)).toBe(1024);
    expect(last.every(Number.isFinite)).toBe(true);
    await expect(decoder.append(0, [5])).rejects.toThrow('1025 tokens in a row of 1024');
    expect(decoder.lengthOf(0)).toBe(1024);
  });
});

describe('the two bindings', () => {
  it('give the same bits, at every length', async () => {
    const [native, portable] = [await open('c-api'), await open('onnxruntime-node')];
    for (const run of [words(64), words(17, 64), ...Array.from({ length: 40 }, (_, at) => [at + 3])]) {
      expect(bits(await native.append(1, run))).toBe(bits(await portable.append(1, run)));
    }
    for (const run of [words(64, 200), words(33), words(1)]) {
      const all = await native.appendAll(1, run);
      expect(all.map(bits)).toEqual((await portable.appendAll(1, run)).map(bits));
    }
  });
});

describe('the C API', () => {
  it('refuses a run that is longer than its memory', async () => {
    const decoder = await open('c-api');
    await expect(decoder.append(0, words(80))).rejects.toThrow('80 tokens in a run of 79');
    expect(decoder.lengthOf(0)).toBe(0);
  });

  it('ends a run that is interrupted, and the row is no longer for it', async () => {
    const decoder = await open('c-api');
    await decoder.append(0, words(64));
    let failure: unknown;
    // A busy machine may come to the interruption when the run is over: then once more.
    for (let tries = 0; tries < 100 && failure === undefined; tries++) {
      const run = decoder.append(0, words(79, 64));
      decoder.interrupt();
      failure = await run.then(
        () => decoder.truncate(0, 64),
        (error: unknown) => error,
      );
    }
    expect(String(failure)).toMatch(/terminate/);
    expect(decoder.lengthOf(0)).toBe(64);
    await decoder.append(1, words(64));
    expect(bits(await decoder.append(0, words(30, 64)))).toBe(bits(await decoder.append(1, words(30, 64))));
  });

  it('outlives the collection of what JavaScript no longer refers to', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const decoder = await open('c-api');
    const first = bits(await decoder.append(0, words(40)));
    for (let round = 0; round < 20; round++) {
      collect();
      decoder.truncate(0, 0);
      expect(bits(await decoder.append(0, words(40)))).toBe(first);
    }
  });
});
