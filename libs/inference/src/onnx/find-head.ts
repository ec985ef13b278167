import type { GraphFile, GraphNode } from './graph-file.js';

/** The last product of a decoder: hidden states to logits. */
export interface Head {
  node: GraphNode;
  /** Its input: [batch, tokens, hidden]. */
  hidden: string;
  /** Values from the product to the logits, whose shapes change when fewer positions are computed. */
  values: string[];
}

/** Products that treat each position of [batch, tokens, hidden] on its own; their first input is the hidden state. */
const PRODUCTS = new Set(['ai.onnx:MatMul', 'com.microsoft:FusedMatMul', 'com.microsoft:MatMulNBits']);

/** What may follow it, element by element: casts, a bias, a soft cap. */
const ELEMENTWISE = new Set(
  ['Identity', 'Cast', 'Add', 'Sub', 'Mul', 'Div', 'Tanh', 'Clip'].map((kind) => `ai.onnx:${kind}`),
);

/** The head, or the reason why it cannot be cut. */
export function findHead(graph: GraphFile): Head | string {
  if (graph.inputs.some(({ name }) => name === 'num_logits_to_keep')) return 'it has num_logits_to_keep';
  const logits = graph.outputs.find(({ name }) => name === 'logits');
  if (logits?.dims?.length !== 3) return 'logits have no shape of three dimensions';
  if (typeof logits.dims[1] === 'number') return `logits are of ${logits.dims[1]} positions already`;
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const uses = countUses(graph);
  const isWeight = (name: string): boolean => weightRank(name, graph, producers) !== undefined;
  const isMatrix = (name: string): boolean => weightRank(name, graph, producers) === 2;
  const values: string[] = [];
  for (let name = 'logits'; ;) {
    const node = producers.get(name);
    if (!node) return `no operator makes ${JSON.stringify(name)}`;
    if ((uses.get(name) ?? 0) > (name === 'logits' ? 0 : 1))
      return `${JSON.stringify(name)} is used elsewhere too`;
    values.push(name);
    if (values.length > ELEMENTWISE.size) return 'too many operators follow the head';
    if (PRODUCTS.has(node.operator)) {
      const problem = productProblem(node, graph, { isWeight, isMatrix });
      return problem ?? { node, hidden: node.inputs[0]!, values };
    }
    const [next, ...others] = node.inputs.filter((input) => input !== '' && !isWeight(input));
    if (!ELEMENTWISE.has(node.operator) || next === undefined || others.length > 0) {
      return `logits come from ${node.operator}, not from a product with the head's weights`;
    }
    if (!node.inputs.every((input) => input === next || isPerToken(input, graph, producers))) {
      return `${node.operator} after the head may mix positions`;
    }
    name = next;
  }
}

/** Only a product with a matrix gives logits of the hidden state's own rank: [batch, tokens, …]. */
function productProblem(
  { operator, inputs, attributes }: GraphNode,
  graph: GraphFile,
  is: Record<'isWeight' | 'isMatrix', (name: string) => boolean>,
): string | undefined {
  const [hidden, ...weights] = inputs;
  if (hidden === undefined || hidden === '' || is.isWeight(hidden))
    return 'the head multiplies no hidden state';
  if (graph.inputs.some(({ name }) => name === hidden)) return 'the head multiplies an input of the graph';
  if (!weights.every((name) => name === '' || is.isWeight(name))) {
    return "the head's weights are computed at each run";
  }
  if (operator !== 'com.microsoft:MatMulNBits' && !is.isMatrix(weights[0] ?? '')) {
    return "the head's weights are no matrix";
  }
  if (attributes.get('transA') === 1 || attributes.get('transBatchA') === 1) {
    return 'the head transposes its hidden state';
  }
  return undefined;
}

/** By name; graph outputs and uses in subgraphs count. */
function countUses(graph: GraphFile): Map<string, number> {
  const uses = new Map<string, number>();
  const use = (name: string): Map<string, number> => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const { inputs } of graph.nodes) for (const name of new Set(inputs)) use(name);
  for (const { name } of graph.outputs) if (name !== 'logits') use(name);
  for (const name of graph.captured) use(name);
  return uses;
}

/** What turns a weight into another form, but of the same rank. */
const SAME_RANK = new Set(
  ['Cast', 'Transpose', 'DequantizeLinear', 'Identity'].map((kind) => `ai.onnx:${kind}`),
);

type Producers = ReadonlyMap<string, GraphNode>;

/** Of an initializer or a Constant; undefined for anything else. A Constant without a tensor is a number or a list. */
function constantDims(name: string, graph: GraphFile, producers: Producers): number[] | undefined {
  const own = graph.initializers.get(name);
  if (own) return own.dims;
  const node = producers.get(name);
  return node?.operator === 'ai.onnx:Constant' ? (node.tensorDims ?? []) : undefined;
}

/** Of a constant, as it is or after one operator of SAME_RANK; undefined for anything else. */
function weightRank(name: string, graph: GraphFile, producers: Producers): number | undefined {
  const own = constantDims(name, graph, producers);
  if (own) return own.length;
  const node = producers.get(name);
  if (node === undefined || !SAME_RANK.has(node.operator)) return undefined;
  return constantDims(node.inputs[0] ?? '', graph, producers)?.length;
}

/** A scalar, or a vector along the vocabulary: the same for every position. */
function isPerToken(name: string, graph: GraphFile, producers: Producers): boolean {
  const dims = constantDims(name, graph, producers);
  return name === '' || (dims !== undefined && dims.slice(0, -1).every((dim) => dim === 1));
}
