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
  /** Why rows of one run cannot have caches of different lengths. */
  sharingProblem?: string;
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
  const inputs = new Map(graph.inputs.map((value) => [value.name, value]));
  const outputs = new Map(graph.outputs.map((value) => [value.name, value]));
  const pairOf = (layer: number, kind: 'key' | 'value'): CachePair => {
    const pair = { past: `past_key_values.${layer}.${kind}`, present: `present.${layer}.${kind}` };
    if (!inputs.has(pair.past)) {
      throw invalidFile(graph.path, `has no input ${pair.past}, though it has a cache of later layers`);
    }
    if (outputs.has(pair.present)) return pair;
    throw invalidFile(graph.path, `has no output ${pair.present}, which would continue ${pair.past}`);
  };
  const layers = Array.from({ length: numbers.length }, (_, layer) => ({
    key: pairOf(layer, 'key'),
    value: pairOf(layer, 'value'),
  }));
  const pairs = layers.flatMap(({ key, value }) => [key, value]);
  const pasts = graph.inputs.filter(({ name }) => name.startsWith('past_key_values.'));
  if (pasts.length !== pairs.length) {
    throw invalidFile(graph.path, `has ${pasts.length} past_key_values inputs for ${layers.length} layers`);
  }
  const first = measure(graph, inputs.get(pairs[0]!.past)!);
  for (const { past, present } of pairs) {
    for (const value of [inputs.get(past)!, outputs.get(present)!]) {
      const own = measure(graph, value);
      if (own.cacheType === first.cacheType && own.keyValueHeads === first.keyValueHeads) {
        if (own.headSize === first.headSize) continue;
      }
      throw invalidFile(graph.path, `has ${shapeOf(value)}, unlike ${pairs[0]!.past}: layers must be alike`);
    }
  }
  return { layers, ...attentionOf(graph, layers), ...first };
}

const shapeOf = ({ name, type, dims }: GraphValue): string => `${name} of ${type} [${dims?.join(', ')}]`;

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

/**
 * A cache that other operators look at too, to measure how much of it there is, must be of that length: it cannot be a
 * buffer of the context's length that past and present share.
 * @throws InferenceError MODEL_INVALID when some layers are of one kind and some of the other
 */
function attentionOf(
  graph: GraphFile,
  layers: readonly CacheLayer[],
): Pick<Cache, 'attention' | 'sharingProblem'> {
  const fused = new Map(
    graph.nodes.flatMap((node) => (node.operator === GQA ? [[node.inputs[3] ?? '', node] as const] : [])),
  );
  const isFused = layers.map(({ key, value }) => {
    const node = fused.get(key.past);
    return (
      node?.inputs[4] === value.past && node.outputs[1] === key.present && node.outputs[2] === value.present
    );
  });
  const at = isFused.indexOf(true);
  if (at < 0) return { attention: 'plain' };
  if (!isFused.every(Boolean)) {
    throw invalidFile(
      graph.path,
      `mixes GroupQueryAttention (layer ${at}) with plain attention (layer ${isFused.indexOf(false)})`,
    );
  }
  const measured = measuredPast(graph, layers);
  if (measured === undefined) return { attention: 'gqa' };
  return {
    attention: 'plain',
    sharingProblem: `${measured} is used beside its attention, as by a Shape, so that all rows must be of one length`,
  };
}

/** A past that is used by more than its GroupQueryAttention. */
function measuredPast(graph: GraphFile, layers: readonly CacheLayer[]): string | undefined {
  const uses = new Map<string, number>();
  for (const name of graph.nodes.flatMap(({ inputs }) => inputs)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const pasts = layers.flatMap(({ key, value }) => [key.past, value.past]);
  return pasts.find((name) => uses.get(name) !== 1 || graph.captured.has(name));
}
