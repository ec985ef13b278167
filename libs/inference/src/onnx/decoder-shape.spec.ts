import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../model/json-file.js';
import { ModelFolder } from '../testing/model-folder.js';
import { encodeModel, FLOAT, HALF, INT64, type ValueSpec } from '../testing/onnx-builder.js';
import { decoderConfig, decoderGraph } from '../testing/onnx-decoder.js';
import { FIXTURES, TINY } from '../testing/tiny-engine.js';
import { describeDecoder, type DecoderShape } from './decoder-shape.js';
import { readGraph } from './read-graph.js';

type Graph = ReturnType<typeof decoderGraph>;

async function describeReal(directory: string, path: string): Promise<DecoderShape> {
  const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as JsonObject;
  return describeDecoder(await readGraph(directory, path), config);
}

async function describeChanged(change: (graph: Graph) => unknown, config = {}): Promise<DecoderShape> {
  const graph = decoderGraph({ layers: 2 });
  change(graph);
  using folder = new ModelFolder();
  const path = folder.put('onnx/model.onnx', encodeModel(graph));
  const read = await readGraph(folder.path, path);
  return describeDecoder(read, { ...decoderConfig({ layers: 2 }), ...config });
}

const input = (graph: Graph, name: string): ValueSpec => graph.inputs.find((value) => value.name === name)!;
const output = (graph: Graph, name: string): ValueSpec => graph.outputs.find((value) => value.name === name)!;
const refusal = (message: RegExp, field = 'onnx/model.onnx'): object => ({
  code: 'MODEL_INVALID',
  field,
  message: expect.stringMatching(message) as string,
});

describe('describeDecoder', () => {
  it('describes the bundled model', async () => {
    const shape = await describeReal(TINY, 'onnx/model_int8.onnx');
    expect(shape).toMatchObject({
      layers: 6,
      keyValueHeads: 2,
      headSize: 32,
      cacheType: 'float32',
      attention: 'gqa',
      hasPositionIds: false,
      hasAttentionMask: true,
      hasLogitsToKeep: false,
      canShareRows: true,
      vocabSize: 1280,
      logitsType: 'float32',
    });
    expect(shape.cache[5]).toEqual({
      key: { past: 'past_key_values.5.key', present: 'present.5.key' },
      value: { past: 'past_key_values.5.value', present: 'present.5.value' },
    });
    expect(shape.cache).toHaveLength(6);
  });

  it('tells plain attention from fused, and half precision from single', async () => {
    expect(await describeReal(FIXTURES, 'gqa.onnx')).toMatchObject({ attention: 'gqa', layers: 2 });
    expect(await describeReal(FIXTURES, 'plain.onnx')).toMatchObject({
      attention: 'plain',
      hasPositionIds: true,
      cacheType: 'float32',
    });
    expect(await describeReal(FIXTURES, 'half.onnx')).toMatchObject({
      attention: 'plain',
      cacheType: 'float16',
      logitsType: 'float16',
    });
  });

  it('says that rows depend on each other where one scale is taken from all', async () => {
    const node = { operator: 'DynamicQuantizeLinear', inputs: ['hidden'], outputs: ['q', 's', 'z'] };
    const top = await describeChanged((graph) => graph.nodes.push(node));
    expect(top.canShareRows).toBe(false);
    expect(top.sharingProblem).toMatch(/DynamicQuantizeLinear takes one scale from all rows/);
    const inner = await describeChanged((graph) =>
      graph.nodes.push({ operator: 'If', inputs: ['hidden'], outputs: ['z'], graph: { nodes: [node] } }),
    );
    expect(inner.canShareRows).toBe(false);
    const product = { operator: 'MatMulInteger', inputs: ['hidden', 'head'], outputs: ['i'] };
    expect((await describeChanged((graph) => graph.nodes.push(product))).canShareRows).toBe(true);
  });

  it('shares no buffer of a fused cache whose length the graph measures', async () => {
    const attend = (graph: Graph): void => {
      graph.nodes = graph.nodes.filter(({ operator }) => operator !== 'Concat');
      for (const layer of [0, 1]) {
        const [past, present] = [`past_key_values.${layer}.`, `present.${layer}.`];
        graph.nodes.push({
          operator: 'GroupQueryAttention',
          domain: 'com.microsoft',
          inputs: ['hidden', '', '', `${past}key`, `${past}value`],
          outputs: [`attended${layer}`, `${present}key`, `${present}value`],
        });
      }
    };
    expect(await describeChanged(attend)).toMatchObject({ attention: 'gqa', canShareRows: true });
    const measured = await describeChanged((graph) => {
      attend(graph);
      graph.nodes.push({ operator: 'Shape', inputs: ['past_key_values.0.key'], outputs: ['length'] });
    });
    expect(measured).toMatchObject({ attention: 'plain', canShareRows: false });
    expect(measured.sharingProblem).toMatch(/^past_key_values.0.key is used beside its attention/);
  });

  it('refuses a graph with a cache of eleven thousand layers', async () => {
    const changed = describeChanged((graph) => {
      const [past] = graph.inputs.slice(2);
      for (let layer = 2; layer < 11_000; layer += 1) {
        for (const kind of ['key', 'value']) {
          graph.inputs.push({ ...past!, name: `past_key_values.${layer}.${kind}` });
        }
      }
    });
    await expect(changed).rejects.toMatchObject(refusal(/is one of more than 20000 inputs and outputs/));
  });

  it('says that a fixed batch size keeps requests apart', async () => {
    const shape = await describeChanged((graph) => (input(graph, 'input_ids').dims[0] = 1));
    expect(shape.sharingProblem).toBe('its input input_ids has a fixed batch size of 1');
  });

  it('takes num_logits_to_keep, no mask, a vocabulary without a number, null for what is not configured', async () => {
    const shape = await describeChanged(
      (graph) => {
        graph.inputs[1] = { name: 'num_logits_to_keep', type: INT64, dims: [] };
        output(graph, 'logits').dims[2] = 'vocabulary';
      },
      { head_dim: null, num_key_value_heads: null },
    );
    expect(shape).toMatchObject({ hasLogitsToKeep: true, hasAttentionMask: false, vocabSize: 40 });
  });

  it.each([
    ['encoder_hidden_states', /an encoder-decoder/],
    ['use_cache_branch', /a merged export/],
    ['pixel_values', /a model of pictures/],
    ['inputs_embeds', /takes embeddings/],
    ['token_type_ids', /an encoder, or/],
    ['past_conv.0', /not an attention cache/],
    ['cache_position', /a cache of another kind/],
    ['past_key_0', /named in another way/],
    ['cos_cache', /its rotary cache from outside/],
    ['strange', /of another kind/],
  ])('refuses the input %s with the reason and what is supported', async (name, reason) => {
    const changed = describeChanged((graph) => graph.inputs.push({ name, type: INT64, dims: ['n'] }));
    await expect(changed).rejects.toMatchObject(refusal(reason));
    await expect(changed).rejects.toMatchObject(
      refusal(new RegExp(`"${name}".*supported are .*Llama, Mistral`)),
    );
  });

  it.each<[string, (graph: Graph) => unknown, RegExp]>([
    ['no input_ids', (g) => (input(g, 'input_ids').name = 'attention_mask2'), /"attention_mask2"/],
    ['input_ids of one row', (g) => (input(g, 'input_ids').dims = ['n']), /must be int64 of rank 2/],
    ['a fixed number of tokens', (g) => (input(g, 'input_ids').dims[1] = 128), /dynamic axes/],
    ['a mask of four dimensions', (g) => (input(g, 'attention_mask').dims = [1, 1, 1, 1]), /rank 2/],
    ['a mask of floats', (g) => (input(g, 'attention_mask').type = FLOAT), /must be int64/],
    ['no cache', (g) => (g.inputs = g.inputs.slice(0, 2)), /export the decoder with its cache/],
    [
      'a cache of keys alone',
      (g) => (g.inputs = g.inputs.filter(({ name }) => name !== 'past_key_values.1.value')),
      /has no input past_key_values.1.value/,
    ],
    [
      'a cache that begins at layer 1',
      (g) => (g.inputs = g.inputs.filter(({ name }) => !name.startsWith('past_key_values.0.'))),
      /has no input past_key_values.0.key/,
    ],
    [
      'a cache that is not continued',
      (g) => (output(g, 'present.1.key').name = 'present.key'),
      /has no output present.1.key/,
    ],
    [
      'a cache of integers',
      (g) => (input(g, 'past_key_values.0.key').type = INT64),
      /past_key_values.0.key of int64 \[batch, 2, past, 4\]: it must be float32 or float16/,
    ],
    [
      'a cache of two types',
      (g) => (input(g, 'past_key_values.1.key').type = HALF),
      /past_key_values.1.key of float16 .* layers must be alike/,
    ],
    [
      'a cache of two sizes',
      (g) => (output(g, 'present.1.value').dims[3] = 8),
      /present.1.value .* layers must be alike/,
    ],
    ['a cache of fixed length', (g) => (input(g, 'past_key_values.0.key').dims[2] = 512), /sliding window/],
    ['a cache without a head size', (g) => (input(g, 'past_key_values.0.key').dims[3] = 'd'), /head size\]/],
    ['no logits', (g) => (output(g, 'logits').name = 'scores'), /no output named logits/],
    ['logits of integers', (g) => (output(g, 'logits').type = INT64), /must be float32 or float16/],
    ['logits of one row', (g) => (output(g, 'logits').dims = ['n', 40]), /batch, tokens, vocabulary/],
    [
      'attention of two kinds',
      (g) => {
        const names = [
          ['past_key_values.1.key', 'past_key_values.1.value'],
          ['present.1.key', 'present.1.value'],
        ] as const;
        g.nodes = g.nodes.filter(({ outputs }) => !outputs[0]!.startsWith('present.1.'));
        g.nodes.push({
          operator: 'GroupQueryAttention',
          domain: 'com.microsoft',
          inputs: ['hidden', '', '', ...names[0]],
          outputs: ['attended', ...names[1]],
        });
      },
      /mixes GroupQueryAttention \(layer 1\) with plain attention \(layer 0\)/,
    ],
  ])('refuses a graph with %s', async (_, change, message) => {
    await expect(describeChanged(change)).rejects.toMatchObject(refusal(message));
  });

  it.each([
    [{ num_hidden_layers: 3 }, /has layers with a cache: 2, but config.json says num_hidden_layers 3/],
    [{ num_key_value_heads: 1 }, /has key and value heads: 2, but config.json says num_key_value_heads 1/],
    [{ head_dim: 8 }, /has the head size 4, but config.json says head_dim 8/],
    [{ hidden_size: 16 }, /the head size 4, but config.json says hidden_size \/ num_attention_heads 8/],
    [{ vocab_size: 50 }, /has logits of width 40, but config.json says vocab_size 50/],
  ])('names both files and both numbers when config.json says %j', async (config, message) => {
    await expect(describeChanged(() => undefined, config)).rejects.toMatchObject(refusal(message));
  });

  it('refuses the configuration of an encoder-decoder, and one without the numbers', async () => {
    const config = { is_encoder_decoder: true };
    await expect(describeChanged(() => undefined, config)).rejects.toMatchObject(
      refusal(/encoder-decoder/, 'config.json'),
    );
    await expect(describeChanged(() => undefined, { num_hidden_layers: undefined })).rejects.toMatchObject(
      refusal(/must give num_hidden_layers/, 'config.json'),
    );
  });
});
