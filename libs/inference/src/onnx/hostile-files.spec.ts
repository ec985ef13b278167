import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFolder } from '../testing/model-folder.js';
import { encodeModel, FLOAT } from '../testing/onnx-builder.js';
import { decoderConfig, decoderGraph } from '../testing/onnx-decoder.js';
import { randomFrom } from '../testing/random.js';
import { FIXTURES } from '../testing/tiny-engine.js';
import { describeDecoder } from './decoder-shape.js';
import { editForServing } from './edit-for-serving.js';
import { MessageWriter } from './message-writer.js';
import { ATTRIBUTE, GRAPH, MODEL, NODE } from './messages.js';
import { readGraph } from './read-graph.js';

let folder: ModelFolder;

beforeEach(() => {
  folder = new ModelFolder();
  folder.put('w.bin', new Uint8Array(64));
});

afterEach(() => folder[Symbol.dispose]());

/** Reads, describes and edits a file: what its errors must look like is all that is known of it. */
async function outcome(bytes: Uint8Array): Promise<string> {
  const path = folder.put('model.onnx', bytes);
  try {
    const graph = await readGraph(folder.path, path);
    await editForServing(graph);
    describeDecoder(graph, decoderConfig());
    return 'read';
  } catch (error) {
    const { code, field, message } = error as { code?: string; field?: string; message: string };
    if (code !== 'MODEL_INVALID' || field === undefined || !message.startsWith(`${field} `)) throw error;
    return message;
  }
}

/** A decoder with one of everything: a subgraph, external data, a constant. */
function richDecoder(): Uint8Array {
  const spec = decoderGraph({ vocabSize: 40 });
  spec.initializers.push({
    name: 'w',
    type: FLOAT,
    dims: [2, 4],
    external: { location: 'w.bin', length: '32' },
  });
  spec.nodes.push(
    { operator: 'Constant', inputs: [], outputs: ['c'], tensor: { name: '', type: FLOAT, dims: [0] } },
    { operator: 'If', inputs: ['c'], outputs: ['d'], graph: { nodes: [], outputs: [spec.inputs[0]!] } },
  );
  spec.values = [{ name: 'hidden', type: FLOAT, dims: ['batch', 'tokens', 8] }];
  return encodeModel(spec);
}

describe('a hostile ONNX file', () => {
  it('is not this one, which is read', async () => {
    expect(await outcome(richDecoder())).toBe('read');
  });

  it('is refused when it is cut at any byte', async () => {
    const whole = richDecoder();
    for (let length = 0; length < whole.length; length += 7) {
      expect(await outcome(whole.slice(0, length))).toMatch(
        /is empty|is not a valid ONNX file: .* at byte \d+ /,
      );
    }
    const real = readFileSync(join(FIXTURES, 'gqa.onnx'));
    for (let length = 50; length < real.length; length += 1013) {
      expect(await outcome(real.subarray(0, length))).toMatch(/ at byte \d+ .*left/);
    }
  });

  it('is read or refused when any byte of it becomes a huge length', async () => {
    const whole = richDecoder();
    const outcomes = new Map<string, number>();
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = Buffer.concat([
        whole.subarray(0, at),
        Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]),
        whole.subarray(at + 1),
      ]);
      const kind = (await outcome(bytes)).replace(/.* is not a valid ONNX file.*/s, 'refused');
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    }
    expect(outcomes.get('refused')).toBeGreaterThan(whole.length * 0.9);
  });

  it('is read or refused after any of 4,000 seeded mutations', async () => {
    const random = randomFrom(20);
    const whole = richDecoder();
    // The weights are most of the file and of no interest.
    const start = whole.indexOf(0x22, 8);
    let read = 0;
    for (let at = 0; at < 4000; at += 1) {
      const bytes = Uint8Array.from(whole);
      for (let change = 0; change <= random(4); change += 1) {
        const where = random(3) === 0 ? random(bytes.length) : start + random(600);
        if (random(4) === 0) bytes.copyWithin(where, random(bytes.length), random(bytes.length));
        else bytes[where] = random(2) === 0 ? random(256) : bytes[where]! ^ (1 << random(8));
      }
      if ((await outcome(bytes)) === 'read') read += 1;
    }
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(4000);
  });

  it('is refused when its messages are nested deeply', async () => {
    let inner: MessageWriter = new MessageWriter(GRAPH);
    for (let depth = 0; depth < 1500; depth += 1) {
      const body = new MessageWriter(ATTRIBUTE).text('name', 'body').inner('graph', inner);
      inner = new MessageWriter(GRAPH).inner(
        'node',
        new MessageWriter(NODE).text('opType', 'If').inner('attribute', body),
      );
    }
    const bytes = new MessageWriter(MODEL).inner('graph', inner).finish();
    expect(await outcome(bytes)).toMatch(/nested deeper than 48 messages/);
  });

  it('is refused when it has a million nodes, in bounded memory', async () => {
    const node = new MessageWriter(GRAPH)
      .inner('node', new MessageWriter(NODE).text('opType', 'If'))
      .finish();
    const nodes = Buffer.alloc(node.length * 1_000_000, node);
    const bytes = new MessageWriter(MODEL).inner('graph', new MessageWriter(GRAPH).raw(nodes)).finish();
    const before = process.memoryUsage().rss;
    expect(await outcome(bytes)).toMatch(/is one of more than 200000 nodes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it('is refused when it has ten million fields that nobody knows', async () => {
    const fields = Buffer.alloc(20_000_000, Buffer.from([0x50, 0]));
    const bytes = new MessageWriter(MODEL).inner('graph', new MessageWriter(GRAPH).raw(fields)).finish();
    // Field 10 of a graph is its description: text, of which we read nothing.
    expect(await outcome(bytes)).toMatch(/is one of more than 8000000 fields/);
  });

  it.each([
    ['a field number of 0', [0x02, 0], /has no valid field number/],
    ['a group', [0x3b], /wire type 3, which ONNX does not use/],
    ['a number of eleven bytes', [0x08, ...Array<number>(11).fill(0x80)], /more than ten bytes/],
    ['a tag that is cut off', [0x80], /a field at byte 0 is cut off/],
    ['two graphs', [0x3a, 0, 0x3a, 0], /graph at byte 2 is given twice/],
    ['a graph that is a number', [0x38, 1], /graph at byte 0 is of wire type 0, not 2/],
    ['no graph', [0x08, 9], /there was no graph/],
    ['a length beyond its end', [0x3a, 5, 0], /says it is 5 bytes long, but only 1 are left/],
  ])('is refused for %s', async (_, bytes, message) => {
    expect(await outcome(Uint8Array.from(bytes))).toMatch(message);
  });
});
