import { invalidFile } from '../model/json-file.js';
import type { GraphFile, GraphValue } from './graph-file.js';

interface CachePair {
  /** The graph's input. */
  past: string;
  /** The graph's output that continues it. */
  present: string;
}

export interface CacheLayer {
  key: CachePair;
  value: CachePair;
}

interface Cache {
  layers: CacheLayer[];
  attention: 'gqa' | 'plain';
  cacheType: 'float32' | 'float16';
  keyValueHeads: number;
  headSize: number;
}

const GQA = 'com.microsoft:GroupQueryAttention';

/**
 * The attention cache: `past_key_values.N.key|value` in, `present.N.key|value` out, all of one type and shape.
 * @throws InferenceError MODEL_INVALID
 */
export function findCache(graph: GraphFile): Cache {
  const numbers = graph.inputs.flatMap(({ name }) => {
    const match = /^past_key_values\.(\d+)\.key$/.exec(name);
    return match ? [match[1]!] : [];
  });
  if (numbers.length === 0) {
    throw invalidFile(graph.path, 'has no past_key_values inputs: export the decoder with its cache');
  }
  const layers = Array.from({ length: numbers.length }, (_, layer) => ({
    key: pairOf(graph, layer, 'key'),
    value: pairOf(graph, layer, 'value'),
  }));
  const pairs = layers.flatMap(({ key, value }) => [key, value]);
  const pasts = graph.inputs.filter(({ name }) => name.startsWith('past_key_values.'));
  if (pasts.length !== pairs.length) {
    throw invalidFile(graph.path, `has ${pasts.length} past_key_values inputs for ${layers.length} layers`);
  }
  const first = measure(graph, valueOf(graph.inputs, pairs[0]!.past)!);
  for (const { past, present } of pairs) {
    for (const value of [valueOf(graph.inputs, past)!, valueOf(graph.outputs, present)!]) {
      const own = measure(graph, value);
      if (own.cacheType === first.cacheType && own.keyValueHeads === first.keyValueHeads) {
        if (own.headSize === first.headSize) continue;
      }
      throw invalidFile(graph.path, `has ${shapeOf(value)}, unlike ${pairs[0]!.past}: layers must be alike`);
    }
  }
  return { layers, attention: attentionOf(graph, layers), ...first };
}

const valueOf = (values: readonly GraphValue[], name: string): GraphValue | undefined =>
  values.find((value) => value.name === name);

const shapeOf = ({ name, type, dims }: GraphValue): string => `${name} of ${type} [${dims?.join(', ')}]`;

function pairOf(graph: GraphFile, layer: number, kind: 'key' | 'value'): CachePair {
  const pair = { past: `past_key_values.${layer}.${kind}`, present: `present.${layer}.${kind}` };
  if (!valueOf(graph.inputs, pair.past)) {
    throw invalidFile(graph.path, `has no input ${pair.past}, though it has a cache of later layers`);
  }
  if (!valueOf(graph.outputs, pair.present)) {
    throw invalidFile(graph.path, `has no output ${pair.present}, which would continue ${pair.past}`);
  }
  return pair;
}

function measure(
  graph: GraphFile,
  value: GraphValue,
): { cacheType: Cache['cacheType']; keyValueHeads: number; headSize: number } {
  const { type, dims } = value;
  const [, heads, tokens, size] = dims ?? [];
  const isTyped = type === 'float32' || type === 'float16';
  if (isTyped && dims?.length === 4 && typeof heads === 'number' && typeof size === 'number') {
    if (heads > 0 && size > 0 && typeof tokens === 'string') {
      return { cacheType: type, keyValueHeads: heads, headSize: size };
    }
    if (typeof tokens === 'number') {
      throw invalidFile(
        graph.path,
        `has ${shapeOf(value)}: a cache of fixed length, as of a sliding window, cannot be run`,
      );
    }
  }
  throw invalidFile(
    graph.path,
    `has ${shapeOf(value)}: it must be float32 or float16 of shape [batch, heads, tokens, head size]`,
  );
}

/** @throws InferenceError MODEL_INVALID when some layers are of one kind and some of the other */
function attentionOf(graph: GraphFile, layers: readonly CacheLayer[]): 'gqa' | 'plain' {
  const fused = new Map(
    graph.nodes.flatMap((node) => (node.operator === GQA ? [[node.inputs[3] ?? '', node] as const] : [])),
  );
  const isFused = layers.map(({ key, value }) => {
    const node = fused.get(key.past);
    return (
      node?.inputs[4] === value.past && node.outputs[1] === key.present && node.outputs[2] === value.present
    );
  });
  if (isFused.every(Boolean)) return 'gqa';
  const at = isFused.indexOf(true);
  if (at < 0) return 'plain';
  throw invalidFile(
    graph.path,
    `mixes GroupQueryAttention (layer ${at}) with plain attention (layer ${isFused.indexOf(false)})`,
  );
}
