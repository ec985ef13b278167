import { ModelFolder } from '../testing/model-folder.js';
import { encodeModel, FLOAT, INT64 } from '../testing/onnx-builder.js';
import { decoderGraph } from '../testing/onnx-decoder.js';
import { findHead } from './find-head.js';
import { readGraph } from './read-graph.js';

async function find(spec: ReturnType<typeof decoderGraph>): Promise<ReturnType<typeof findHead>> {
  using folder = new ModelFolder();
  return findHead(await readGraph(folder.path, folder.put('model.onnx', encodeModel(spec))));
}

describe('findHead', () => {
  it('finds the product, its hidden state, and what follows', async () => {
    const spec = decoderGraph();
    spec.nodes.at(-1)!.outputs = ['l'];
    spec.nodes.push({ operator: 'Identity', inputs: ['l'], outputs: ['logits'] });
    expect(await find(spec)).toMatchObject({
      node: { operator: 'ai.onnx:MatMul', inputs: ['hidden', 'head'] },
      hidden: 'hidden',
      values: ['logits', 'l'],
    });
  });

  it.each<[string, (spec: ReturnType<typeof decoderGraph>) => unknown]>([
    [
      'it has num_logits_to_keep',
      (spec) => spec.inputs.push({ name: 'num_logits_to_keep', type: INT64, dims: [] }),
    ],
    [
      "logits come from ai.onnx:Softmax, not from a product with the head's weights",
      (spec) => {
        spec.nodes.at(-1)!.outputs = ['l'];
        spec.nodes.push({ operator: 'Softmax', inputs: ['l'], outputs: ['logits'], ints: { axis: 1 } });
      },
    ],
    [
      '"l" is used elsewhere too',
      (spec) => {
        spec.nodes.at(-1)!.outputs = ['l'];
        spec.nodes.push({ operator: 'Identity', inputs: ['l'], outputs: ['logits'] });
        spec.nodes.push({
          operator: 'If',
          inputs: [],
          outputs: ['z'],
          graph: { nodes: [{ operator: 'Neg', inputs: ['l'], outputs: ['i'] }] },
        });
      },
    ],
    [
      'ai.onnx:Add after the head may mix positions',
      (spec) => {
        spec.nodes.at(-1)!.outputs = ['l'];
        spec.nodes.push({ operator: 'Add', inputs: ['l', 'embedding'], outputs: ['logits'] });
      },
    ],
    [
      'ai.onnx:Mul after the head may mix positions',
      (spec) => {
        spec.nodes.at(-1)!.outputs = ['l'];
        const raw = new Uint8Array(8 * 4);
        const tensor = { name: '', type: FLOAT, dims: [8, 1], raw };
        spec.nodes.push({ operator: 'Constant', inputs: [], outputs: ['c'], tensor });
        spec.nodes.push({ operator: 'Mul', inputs: ['l', 'c'], outputs: ['logits'] });
      },
    ],
    [
      '"a" is used elsewhere too',
      (spec) => {
        // A circle, which ONNX Runtime would refuse.
        spec.nodes.pop();
        spec.nodes.push({ operator: 'Identity', inputs: ['a'], outputs: ['logits'] });
        for (const [from, to] of [...'abcdefgh'].map((name, at) => [name, 'bcdefgha'[at]!] as const)) {
          spec.nodes.push({ operator: 'Identity', inputs: [to], outputs: [from] });
        }
      },
    ],
    ["the head's weights are computed at each run", (spec) => (spec.nodes.at(-1)!.inputs[1] = 'new')],
    ['the head multiplies no hidden state', (spec) => (spec.nodes.at(-1)!.inputs = ['embedding', 'head'])],
    ['logits are of 1 positions already', (spec) => (spec.outputs[0]!.dims[1] = 1)],
    ['logits have no shape of three dimensions', (spec) => (spec.outputs[0]!.dims = ['tokens', 40])],
    ['no operator makes "logits"', (spec) => spec.nodes.pop()],
  ])('says why a head cannot be cut: %s', async (reason, change) => {
    const spec = decoderGraph();
    change(spec);
    expect(await find(spec)).toBe(reason);
  });

  it('finds no head whose input is quantised by one scale over all positions', async () => {
    const spec = decoderGraph();
    spec.nodes.pop();
    spec.nodes.push(
      { operator: 'DynamicQuantizeLinear', inputs: ['hidden'], outputs: ['q', 's', 'z'] },
      { operator: 'MatMulInteger', inputs: ['q', 'head', 'z'], outputs: ['i'] },
      { operator: 'Cast', inputs: ['i'], outputs: ['f'], ints: { to: 1 } },
      { operator: 'Mul', inputs: ['f', 's'], outputs: ['logits'] },
    );
    expect(await find(spec)).toBe("logits come from ai.onnx:Mul, not from a product with the head's weights");
  });
});
