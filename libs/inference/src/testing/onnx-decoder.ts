/** A decoder of one matrix that ONNX Runtime runs: no attention, but the inputs, outputs and cache of a real one. */
import { FLOAT, INT64, raw, UINT8, type GraphSpec, type TensorSpec, type ValueSpec } from './onnx-builder.js';
import { randomFrom } from './random.js';

export interface DecoderOptions {
  layers?: number;
  heads?: number;
  headSize?: number;
  vocabSize?: number;
  /** Weights of the head: single precision, or blocks of 32 with 4 bits each. */
  head?: 'float32' | 'int4';
  /** Of a head of 4 bits: its `accuracy_level`, 4 unless given; null leaves it out. */
  accuracy?: number | null;
}

/** `config.json` of the decoder with the same options. */
export function decoderConfig(options: DecoderOptions = {}): Record<string, unknown> {
  const { layers = 1, heads = 2, headSize = 4, vocabSize = 40 } = options;
  return {
    vocab_size: vocabSize,
    hidden_size: heads * headSize,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
  };
}

/** A graph to change and write. */
export function decoderGraph(options: DecoderOptions = {}): GraphSpec & {
  initializers: TensorSpec[];
  inputs: ValueSpec[];
  outputs: ValueSpec[];
} {
  const { layers = 1, heads = 2, headSize = 4, vocabSize = 40, head = 'float32', accuracy = 4 } = options;
  const hidden = heads * headSize;
  const random = randomFrom(layers * vocabSize + hidden);
  const floats = (count: number): Uint8Array =>
    raw(Float32Array.from({ length: count }, () => random(2001) / 1000 - 1));
  const spec: ReturnType<typeof decoderGraph> = {
    initializers: [
      { name: 'embedding', type: FLOAT, dims: [vocabSize, hidden], raw: floats(vocabSize * hidden) },
      { name: 'split', type: INT64, dims: [4], raw: raw(BigInt64Array.of(0n, 0n, BigInt(heads), -1n)) },
    ],
    inputs: [
      { name: 'input_ids', type: INT64, dims: ['batch', 'tokens'] },
      { name: 'attention_mask', type: INT64, dims: ['batch', 'total'] },
    ],
    outputs: [{ name: 'logits', type: FLOAT, dims: ['batch', 'tokens', vocabSize] }],
    nodes: [
      { operator: 'Gather', inputs: ['embedding', 'input_ids'], outputs: ['hidden'] },
      { operator: 'Reshape', inputs: ['hidden', 'split'], outputs: ['heads'] },
      { operator: 'Transpose', inputs: ['heads'], outputs: ['new'], ints: { perm: [0, 2, 1, 3] } },
    ],
  };
  for (let layer = 0; layer < layers; layer += 1) {
    for (const kind of ['key', 'value']) {
      const [past, present] = [`past_key_values.${layer}.${kind}`, `present.${layer}.${kind}`];
      spec.inputs.push({ name: past, type: FLOAT, dims: ['batch', heads, 'past', headSize] });
      spec.outputs.push({ name: present, type: FLOAT, dims: ['batch', heads, 'total', headSize] });
      spec.nodes.push({ operator: 'Concat', inputs: [past, 'new'], outputs: [present], ints: { axis: 2 } });
    }
  }
  if (head === 'float32') {
    spec.initializers.push({
      name: 'head',
      type: FLOAT,
      dims: [hidden, vocabSize],
      raw: floats(vocabSize * hidden),
    });
    spec.nodes.push({ operator: 'MatMul', inputs: ['hidden', 'head'], outputs: ['logits'] });
    return spec;
  }
  const blocks = hidden / 32;
  const packed = Uint8Array.from({ length: vocabSize * blocks * 16 }, () => random(256));
  spec.initializers.push(
    { name: 'head', type: UINT8, dims: [vocabSize, blocks, 16], raw: packed },
    { name: 'scales', type: FLOAT, dims: [vocabSize * blocks], raw: floats(vocabSize * blocks) },
  );
  spec.nodes.push({
    operator: 'MatMulNBits',
    domain: 'com.microsoft',
    inputs: ['hidden', 'head', 'scales'],
    outputs: ['logits'],
    ints: {
      K: hidden,
      N: vocabSize,
      bits: 4,
      block_size: 32,
      ...(accuracy === null ? {} : { accuracy_level: accuracy }),
    },
  });
  return spec;
}
