import type { GraphFile } from './graph-file.js';

/**
 * Operators that take one scale for all rows from what the rows hold: with another request beside it, a row's
 * activations are rounded differently. So they are when a prompt is fed in other pieces: such a graph gives the same tokens
 * again only if its prompts are cut in the same places. (MatMulInteger itself is exact; it is the scale before it that is shared.)
 */
const SHARED_SCALE = new Set([
  'ai.onnx:DynamicQuantizeLinear',
  'com.microsoft:DynamicQuantizeMatMul',
  'com.microsoft:DynamicQuantizeLSTM',
]);

/**
 * Why rows of one run would change each other's results; undefined when they do not.
 * Told by the kinds of operators, also those in subgraphs and functions. A hand-written scale over all rows (a ReduceMax
 * without axes) is not recognised: no exporter is known to write it.
 */
export function rowsTogether(graph: GraphFile): string | undefined {
  const shared = [...graph.operators].filter((kind) => SHARED_SCALE.has(kind)).sort();
  if (shared.length > 0) return `${shared.join(' and ')} takes one scale from all rows of a run`;
  const fixed = graph.inputs.find(({ dims }) => typeof dims?.[0] === 'number' && dims.length > 1);
  if (fixed) return `its input ${fixed.name} has a fixed batch size of ${fixed.dims![0]}`;
  return undefined;
}
