import { createHash } from 'node:crypto';
import { appendFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFolder } from '../testing/model-folder.js';
import { encodeModel, FLOAT, raw, type GraphSpec, type NodeSpec } from '../testing/onnx-builder.js';
import { decoderGraph } from '../testing/onnx-decoder.js';
import { range, runSession, step } from '../testing/session.js';
import { FIXTURES, TINY } from '../testing/tiny-engine.js';
import { editForServing, type EditedGraph } from './edit-for-serving.js';
import type { GraphFile } from './graph-file.js';
import { readGraph } from './read-graph.js';

/** A prompt, then two tokens one by one: hashes of the last positions' logits, and of the cache. */
async function outputs(
  graph: GraphFile,
  edited: EditedGraph | undefined,
  { threads, prompt }: { threads: number; prompt: number },
): Promise<Record<string, string>[]> {
  const file = join(graph.directory, graph.path);
  const cut = (asked: number[]): number[] | undefined => (edited?.hasLogitsPositions ? asked : undefined);
  const results = await runSession({
    graph: edited ? edited.bytes : file,
    ...(edited ? { folder: edited.folder } : {}),
    threads,
    runs: [
      step(graph, range(3, prompt), 0, cut([prompt - 1])),
      step(graph, [7], prompt, cut([0])),
      step(graph, [9], prompt + 1, cut([0])),
    ],
  });
  return results.map((result) =>
    Object.fromEntries(
      Object.entries(result).map(([name, { dims, bytes }]) => {
        const row = name === 'logits' ? bytes.length / dims[1]! : bytes.length;
        return [
          name,
          createHash('sha256')
            .update(bytes.subarray(bytes.length - row))
            .digest('hex'),
        ];
      }),
    ),
  );
}

async function graphOf(folder: ModelFolder, spec: GraphSpec): Promise<GraphFile> {
  return await readGraph(folder.path, folder.put('onnx/model.onnx', encodeModel(spec)));
}

const TWO = raw(Float32Array.of(2));

/** Replaces the last operator, which makes the logits. */
function withTail(...nodes: NodeSpec[]): ReturnType<typeof decoderGraph> {
  const spec = decoderGraph();
  spec.nodes = [...spec.nodes.slice(0, -1), ...nodes];
  spec.initializers.push({ name: 'cap', type: FLOAT, dims: [], raw: TWO });
  return spec;
}

const product = (output: string): NodeSpec => ({
  operator: 'MatMul',
  inputs: ['hidden', 'head'],
  outputs: [output],
});

describe('editForServing', () => {
  it.each([
    [FIXTURES, 'gqa.onnx'],
    [FIXTURES, 'plain.onnx'],
    [FIXTURES, 'half.onnx'],
    [TINY, 'onnx/model_int8.onnx'],
  ])('gives the same bits for the last position: %s/%s', async (directory, path) => {
    const graph = await readGraph(directory, path);
    const edited = await editForServing(graph);
    expect(edited.hasLogitsPositions).toBe(true);
    expect(edited.bytes.length).toBeLessThan(graph.bytes / 12);
    for (const threads of [1, 2]) {
      for (const prompt of [1, 2, 37]) {
        const original = await outputs(graph, undefined, { threads, prompt });
        expect(await outputs(graph, edited, { threads, prompt })).toEqual(original);
        expect(new Set(original.map(({ logits }) => logits)).size).toBe(3);
      }
    }
  });

  it.each([
    [28, 'float32'],
    [28, 'int4'],
    [9, 'float32'],
    [9, 'int4'],
  ] as const)(
    'gives the same bits for heads as wide as those of real models: %d × 64, %s',
    async (heads, head) => {
      using folder = new ModelFolder();
      const graph = await graphOf(folder, decoderGraph({ heads, headSize: 64, vocabSize: 1501, head }));
      const edited = await editForServing(graph);
      for (const prompt of [1, 2, 3, 5, 64]) {
        const original = await outputs(graph, undefined, { threads: 2, prompt });
        expect(await outputs(graph, edited, { threads: 2, prompt })).toEqual(original);
      }
    },
  );

  it('answers the asked positions in the asked order', async () => {
    const graph = await readGraph(TINY, 'onnx/model_int8.onnx');
    const edited = await editForServing(graph);
    const [all] = await runSession({
      graph: join(TINY, graph.path),
      threads: 1,
      runs: [step(graph, range(5, 6), 0)],
    });
    const [asked] = await runSession({
      graph: edited.bytes,
      folder: edited.folder,
      threads: 1,
      runs: [step(graph, range(5, 6), 0, [4, 0, 5])],
    });
    expect(asked!['logits']!.dims).toEqual([1, 3, 1280]);
    const rows = [4, 0, 5].map((at) => all!['logits']!.bytes.subarray(at * 5120, (at + 1) * 5120));
    expect(Buffer.from(asked!['logits']!.bytes)).toEqual(Buffer.concat(rows));
  });

  it('reads weights at any offset of the file', async () => {
    using folder = new ModelFolder();
    const results = new Set<string>();
    for (let shift = 1; shift <= 9; shift += 1) {
      const spec = decoderGraph({ heads: 4, headSize: 16, vocabSize: 101 });
      spec.initializers.unshift({ name: 'x'.repeat(shift), type: FLOAT, dims: [0] });
      const graph = await graphOf(folder, spec);
      const [first] = await outputs(graph, await editForServing(graph), { threads: 1, prompt: 4 });
      results.add(first!['logits']!);
    }
    expect(results.size).toBe(1);
  });

  it('leaves external data where it is', async () => {
    using folder = new ModelFolder();
    const spec = decoderGraph({ vocabSize: 400 });
    const head = spec.initializers.find(({ name }) => name === 'head')!;
    folder.put('onnx/data/head.bin', Buffer.concat([Buffer.alloc(64), head.raw!]));
    head.external = { location: 'data/head.bin', offset: '64', length: String(head.raw!.length) };
    delete head.raw;
    const graph = await graphOf(folder, spec);
    const edited = await editForServing(graph);
    expect(edited.edits).toContain('1 initializers are read from onnx/model.onnx where they are');
    const original = await outputs(graph, undefined, { threads: 1, prompt: 3 });
    expect(await outputs(graph, edited, { threads: 1, prompt: 3 })).toEqual(original);
  });

  it.each<[string, NodeSpec[]]>([
    ['a cast', [product('l'), { operator: 'Cast', inputs: ['l'], outputs: ['logits'], ints: { to: 1 } }]],
    [
      'a soft cap',
      [
        product('l'),
        { operator: 'Div', inputs: ['l', 'cap'], outputs: ['d'] },
        { operator: 'Tanh', inputs: ['d'], outputs: ['t'] },
        { operator: 'Mul', inputs: ['t', 'cap'], outputs: ['logits'] },
      ],
    ],
    [
      'a soft cap of constants',
      [
        product('l'),
        {
          operator: 'Constant',
          inputs: [],
          outputs: ['two'],
          tensor: { name: '', type: FLOAT, dims: [], raw: TWO },
        },
        { operator: 'Mul', inputs: ['l', 'two'], outputs: ['logits'] },
      ],
    ],
    [
      'a transposed weight',
      [
        { operator: 'Transpose', inputs: ['embedding'], outputs: ['tied'], ints: { perm: [1, 0] } },
        { operator: 'MatMul', inputs: ['hidden', 'tied'], outputs: ['logits'] },
      ],
    ],
  ])('cuts a head with %s', async (_, nodes) => {
    using folder = new ModelFolder();
    const spec = withTail(...nodes);
    // A noted shape that the cut makes wrong.
    spec.values = [{ name: 'l', type: FLOAT, dims: ['batch', 'tokens', 40] }];
    const graph = await graphOf(folder, spec);
    const edited = await editForServing(graph);
    expect(edited.edits[0]).toBe('logits are computed for the positions of logits_positions only');
    const original = await outputs(graph, undefined, { threads: 1, prompt: 5 });
    expect(await outputs(graph, edited, { threads: 1, prompt: 5 })).toEqual(original);
  });

  it('follows a link to the file, as in caches, unless its external data stays behind', async () => {
    using cache = new ModelFolder();
    using folder = new ModelFolder();
    const spec = decoderGraph({ vocabSize: 400 });
    cache.put('blob', encodeModel(spec));
    symlinkSync(join(cache.path, 'blob'), join(folder.path, 'model.onnx'));
    const graph = await readGraph(folder.path, 'model.onnx');
    const edited = await editForServing(graph);
    const original = await outputs(graph, undefined, { threads: 1, prompt: 3 });
    expect(await outputs(graph, edited, { threads: 1, prompt: 3 })).toEqual(original);

    const [embedding] = spec.initializers;
    folder.put('embedding', embedding!.raw!);
    embedding!.external = { location: 'embedding' };
    delete embedding!.raw;
    cache.put('blob', encodeModel(spec));
    await expect(editForServing(await readGraph(folder.path, 'model.onnx'))).rejects.toThrow(
      /^model.onnx is a link to .*, away from embedding: copy both/,
    );
  });

  it('leaves a head that it cannot cut, and says why', async () => {
    using folder = new ModelFolder();
    const spec = decoderGraph();
    spec.nodes.push({ operator: 'Neg', inputs: ['hidden'], outputs: ['logits_positions'] });
    const edited = await editForServing(await graphOf(folder, spec));
    expect(edited.edits[0]).toBe('logits are computed for every position: its names are taken');
    expect(edited.hasLogitsPositions).toBe(false);
  });

  it('refuses a file that changed since it was read, and one that is gone', async () => {
    using folder = new ModelFolder();
    const graph = await graphOf(folder, decoderGraph());
    const path = join(folder.path, graph.path);
    utimesSync(path, 1, 1);
    await expect(editForServing(graph)).rejects.toMatchObject({ code: 'MODEL_INVALID', field: graph.path });
    appendFileSync(path, 'more');
    await expect(editForServing(graph)).rejects.toThrow(/changed while it was loaded/);
    await expect(editForServing({ ...graph, path: 'onnx/none.onnx' })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      field: 'onnx/none.onnx',
    });
  });
});
