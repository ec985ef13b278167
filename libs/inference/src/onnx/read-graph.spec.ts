import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFolder } from '../testing/model-folder.js';
import { encodeModel, FLOAT, INT64, raw, type GraphSpec, type TensorSpec } from '../testing/onnx-builder.js';
import { decoderGraph } from '../testing/onnx-decoder.js';
import { FIXTURES, TINY } from '../testing/tiny-engine.js';
import type { GraphFile } from './graph-file.js';
import { readGraph } from './read-graph.js';

/** A graph that answers its input plus one weight. */
function withWeight(weight: Partial<TensorSpec>): GraphSpec {
  return {
    nodes: [{ operator: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', type: FLOAT, dims: [4], ...weight }],
    inputs: [{ name: 'x', type: FLOAT, dims: ['n', 4] }],
    outputs: [{ name: 'y', type: FLOAT, dims: ['n', 4] }],
  };
}

async function read(spec: GraphSpec, files: Record<string, string> = {}): Promise<GraphFile> {
  using folder = new ModelFolder();
  for (const [name, content] of Object.entries(files)) folder.put(name, content);
  return await readGraph(folder.path, folder.put('onnx/model.onnx', encodeModel(spec)));
}

const GRAPH = 'onnx/model.onnx';

const refused = (message: RegExp, field = GRAPH): object => ({
  code: 'MODEL_INVALID',
  field,
  message: expect.stringMatching(message) as string,
});

const FOUR = raw(Float32Array.of(1, 2, 3, 4));

describe('readGraph', () => {
  it('reads the bundled model: operators, attributes, shapes, and where its weights are', async () => {
    const graph = await readGraph(TINY, 'onnx/model_int8.onnx');
    expect(graph.bytes).toBe(4_068_205);
    expect(graph.opsets).toEqual(
      new Map([
        ['ai.onnx', 18],
        ['com.microsoft', 1],
      ]),
    );
    expect(graph.operators).toContain('com.microsoft:GroupQueryAttention');
    expect(graph.inputs[0]).toEqual({
      name: 'input_ids',
      type: 'int64',
      dims: ['batch_size', 'sequence_length'],
    });
    const head = graph.nodes.at(-1)!;
    expect(head).toMatchObject({
      operator: 'com.microsoft:MatMulNBits',
      inputs: ['6.y', 'head.q', 'head.s'],
      outputs: ['logits'],
    });
    expect(Object.fromEntries(head.attributes)).toMatchObject({ K: 192, N: 1280, bits: 8, block_size: 32 });
    const attention = graph.nodes.find(({ operator }) => operator.endsWith('GroupQueryAttention'))!;
    expect(attention.attributes.get('scale')).toBeCloseTo(32 ** -0.5, 6);
    expect(graph.initializers.get('head.q')).toMatchObject({ type: 'uint8', dims: [1280, 6, 32] });
    expect(graph.initializers.get('head.q')!.payload).toMatchObject({ at: 'inline', bytes: 245_760 });
    expect(graph.dataFiles).toEqual([]);
  });

  it('reads half-precision caches and plain operators', async () => {
    const graph = await readGraph(FIXTURES, 'half.onnx');
    expect(graph.outputs.map(({ type }) => type)).toEqual(Array<string>(5).fill('float16'));
    expect(graph.nodes.filter(({ operator }) => operator === 'ai.onnx:Concat')).toHaveLength(8);
  });

  it('finds a tensor at the byte it says, inline and outside', async () => {
    using folder = new ModelFolder();
    const bytes = encodeModel(withWeight({ raw: FOUR }));
    const graph = await readGraph(folder.path, folder.put('model.onnx', bytes));
    const { payload } = graph.initializers.get('w')!;
    if (payload.at !== 'inline') throw new Error(`is ${payload.at}`);
    expect(bytes.slice(payload.offset, payload.offset + payload.bytes)).toEqual(FOUR);

    const outside = await read(
      withWeight({ external: { location: 'sub/w.bin', offset: '4', length: '16', checksum: 'x' } }),
      { 'onnx/sub/w.bin': '_'.repeat(20) },
    );
    expect(outside.initializers.get('w')!.payload).toEqual({
      at: 'external',
      path: 'onnx/sub/w.bin',
      offset: 4,
      bytes: 16,
    });
    expect(outside.dataFiles).toEqual(['onnx/sub/w.bin']);
  });

  it('counts no initializer as an input, though old files list both', async () => {
    const spec = withWeight({ raw: FOUR });
    spec.inputs!.push({ name: 'w', type: FLOAT, dims: [4] });
    expect((await read(spec)).inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('looks into subgraphs: their operators, what they use, where their weights are', async () => {
    const body: GraphSpec = {
      nodes: [{ operator: 'DynamicQuantizeLinear', inputs: ['y'], outputs: ['a', 'b', 'c'] }],
      initializers: [
        { name: 'inner', type: FLOAT, dims: [1], external: { location: 'inner.bin', length: '4' } },
      ],
      outputs: [{ name: 'x', type: FLOAT, dims: [4] }],
    };
    const spec = withWeight({ raw: FOUR });
    spec.nodes.push({ operator: 'If', inputs: ['y'], outputs: ['z'], graph: body });
    await expect(read(spec)).rejects.toMatchObject(refused(/^onnx\/inner.bin is missing/, 'onnx/inner.bin'));
    const graph = await read(spec, { 'onnx/inner.bin': '1234' });
    expect(graph.operators).toContain('ai.onnx:DynamicQuantizeLinear');
    expect(graph.captured).toEqual(new Set(['y', 'x']));
    expect(graph.nodes).toHaveLength(2);
    expect(graph.dataFiles).toEqual(['onnx/inner.bin']);
  });

  it.each<[string, Partial<TensorSpec>, RegExp]>([
    ['too few bytes', { raw: FOUR.slice(1) }, /is float32 \[4\], which takes 16 bytes, but holds 15/],
    ['too many bytes', { raw: new Uint8Array(17) }, /takes 16 bytes, but holds 17/],
    ['no bytes', {}, /takes 16 bytes, but holds 0/],
    ['bytes twice', { raw: FOUR, floats: FOUR }, /has its data twice, as rawData and floatData/],
    [
      'typed bytes that are too few',
      { floats: FOUR.slice(4) },
      /has 4 elements .* but 12 bytes of floatData/,
    ],
    ['a negative dimension', { dims: [-4], raw: FOUR }, /dims at byte \d+ is -4: no dimension/],
    ['a huge dimension', { dims: [2n ** 62n], raw: FOUR }, /no dimension/],
    ['dimensions that overflow', { dims: [2 ** 31, 2 ** 31], raw: FOUR }, /more elements than any file/],
    [
      'a product of 2^64',
      { dims: [2 ** 32, 2 ** 32], raw: new Uint8Array(0) },
      /more elements than any file/,
    ],
    ['more than 16 dimensions', { dims: Array<number>(17).fill(1), raw: FOUR }, /more than 16 dimensions/],
    ['a name of 5,000 bytes', { name: 'w'.repeat(5000), raw: FOUR }, /is 5000 bytes long, above 4096/],
    ['a NUL in its name', { name: 'w\0', raw: FOUR }, /holds a NUL/],
    ['bytes inside and outside', { raw: FOUR, external: { location: 'w' } }, /inside the file and outside/],
  ])('refuses a tensor with %s', async (_, weight, message) => {
    await expect(read(withWeight(weight))).rejects.toMatchObject(refused(message));
  });

  it.each<[string, Record<string, string>, RegExp, string]>([
    [
      'above the directory',
      { location: '../../etc/passwd' },
      /only files at and below its own folder/,
      GRAPH,
    ],
    ['above its folder', { location: 'a/../../w.bin' }, /only files at and below its own folder/, GRAPH],
    ['by an absolute path', { location: '/etc/passwd' }, /only files at and below its own folder/, GRAPH],
    ['on a drive', { location: 'C:w.bin' }, /only files at and below its own folder/, GRAPH],
    ['in the memory of this process', { location: '*/_ORT_MEM_ADDR_/*' }, /only files at and below/, GRAPH],
    ['behind a link that leads out', { location: 'link' }, /leads out of the model's directory/, GRAPH],
    ['in a folder', { location: 'folder' }, /is no file/, 'onnx/folder'],
    ['in a missing file', { location: 'none.bin' }, /is missing.* download it/, 'onnx/none.bin'],
    ['past the end of a file', { location: 'w.bin', offset: '1' }, /is 16 bytes long, but/, 'onnx/w.bin'],
    ['nowhere', { offset: '0' }, /does not say where/, GRAPH],
    ['at a negative offset', { location: 'w.bin', offset: '-1' }, /gives the offset .* as "-1"/, GRAPH],
    ['at a huge offset', { location: 'w.bin', offset: '9'.repeat(30) }, /gives the offset/, GRAPH],
    [
      'in another length',
      { location: 'w.bin', length: '12' },
      /takes 16 bytes by its dim.* but 12 bytes/,
      GRAPH,
    ],
  ])('refuses external data %s', async (_, external, message, field) => {
    using folder = new ModelFolder();
    using other = new ModelFolder();
    folder.put('onnx/w.bin', '_'.repeat(16));
    folder.put('w.bin', '_'.repeat(16));
    other.put('w.bin', '_'.repeat(16));
    mkdirSync(join(folder.path, 'onnx/folder'));
    symlinkSync(join(other.path, 'w.bin'), join(folder.path, 'onnx/link'));
    const path = folder.put('onnx/model.onnx', encodeModel(withWeight({ external })));
    await expect(readGraph(folder.path, path)).rejects.toMatchObject(refused(message, field));
  });

  it.each<[string, (spec: ReturnType<typeof decoderGraph>) => unknown, RegExp]>([
    [
      'two nodes that make one value',
      (spec) => spec.nodes.push(spec.nodes.at(-1)!),
      /the value "logits" a second time/,
    ],
    [
      'two initializers of one name',
      (spec) => spec.initializers.push(spec.initializers[0]!),
      /the initializer "embedding" a second time/,
    ],
    ['two inputs of one name', (spec) => spec.inputs.push(spec.inputs[0]!), /two inputs or two outputs/],
    [
      'a node that makes an input',
      (spec) => (spec.nodes[0]!.outputs[0] = 'input_ids'),
      /makes its input "input_ids"/,
    ],
    ['a node of no operator', (spec) => (spec.nodes[0]!.operator = ''), /names no operator/],
    ['an input without a name', (spec) => (spec.inputs[0]!.name = ''), /has no name/],
    [
      'an input of 2^62 tokens',
      (spec) => (spec.inputs[0]!.dims[1] = 2n ** 62n),
      /TensorShapeProto.Dimension: value at byte \d+ is 4611686018427388000: no dimension/,
    ],
  ])('refuses %s', async (_, change, message) => {
    const spec = decoderGraph();
    change(spec);
    await expect(read(spec)).rejects.toMatchObject(refused(message));
  });

  it('reads an element type that it does not know, for nobody may need its size', async () => {
    const graph = await read(withWeight({ type: 99, raw: FOUR.slice(3) }));
    expect(graph.initializers.get('w')).toMatchObject({ type: 'type 99', payload: { bytes: 13 } });
  });

  it('reads integers in typed lists and strings', async () => {
    const spec = withWeight({ raw: FOUR });
    spec.initializers!.push({ name: 'i', type: INT64, dims: [0], raw: new Uint8Array(0) });
    expect((await read(spec)).initializers.get('i')!.payload).toMatchObject({ at: 'inline', bytes: 0 });
  });

  it('refuses what is no file, or empty, or another format', async () => {
    using folder = new ModelFolder();
    await expect(readGraph(folder.path, 'onnx/model.onnx')).rejects.toMatchObject(refused(/cannot be read/));
    folder.put('onnx/model.onnx', '');
    await expect(readGraph(folder.path, 'onnx/model.onnx')).rejects.toMatchObject(refused(/is empty/));
    folder.put('onnx/model.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n');
    await expect(readGraph(folder.path, 'onnx/model.onnx')).rejects.toMatchObject(
      refused(/not a valid ONNX/),
    );
    mkdirSync(join(folder.path, 'onnx/folder.onnx'));
    await expect(readGraph(folder.path, 'onnx/folder.onnx')).rejects.toMatchObject(
      refused(/is no file/, 'onnx/folder.onnx'),
    );
  });

  it('touches names and shapes only, however large the file', async () => {
    using folder = new ModelFolder();
    const big = 2 ** 33;
    const spec = withWeight({ external: { location: 'w.bin' }, dims: [big / 4] });
    const path = folder.put('model.onnx', encodeModel(spec));
    // A sparse file of 8 GiB.
    truncateSync(join(folder.path, folder.put('w.bin', '')), big);
    const before = process.memoryUsage().rss;
    expect((await readGraph(folder.path, path)).initializers.get('w')!.payload).toMatchObject({ bytes: big });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });
});
