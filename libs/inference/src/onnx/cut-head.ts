import type { Cursor } from './cursor.js';
import { elementTypeNumber } from './element-types.js';
import type { Head } from './find-head.js';
import type { Dimension, GraphFile } from './graph-file.js';
import { MessageWriter } from './message-writer.js';
import { DIMENSION, NODE, SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './messages.js';
import { intAttribute, type NodeChange, rewriteNode } from './rewrite-node.js';

/** The input that a cut graph has in addition: which positions of a run are to be answered. */
export const LOGITS_POSITIONS = 'logits_positions';

/** What to write in place of parts of a graph. */
export interface GraphEdit {
  /**
   * @param change what else is to be changed of the node
   * @returns what replaces the node at this place, in the file's order; undefined to keep it
   */
  node(at: number, source: Cursor, change: NodeChange): MessageWriter[] | undefined;
  output(name: string): MessageWriter | undefined;
  /** A new one. */
  input: MessageWriter | undefined;
  /** Values whose noted shapes are wrong after the edit. */
  stale: ReadonlySet<string>;
}

/**
 * Puts a Gather along the tokens before the head, so that it computes the asked positions only: with a prompt of 512
 * tokens and a vocabulary of 49,152, one row of logits instead of 100 MB. The hidden state is cut right before the
 * head's product and nothing is computed otherwise.
 * @param head as `findHead` found it
 * @returns why it cannot be done, as text, when the graph uses our names already
 */
export function cutHead(graph: GraphFile, head: Head): GraphEdit | string {
  const cutHidden = `${head.hidden}/${LOGITS_POSITIONS}`;
  if (usesName(graph, LOGITS_POSITIONS) || usesName(graph, cutHidden)) return 'its names are taken';
  const logits = graph.outputs.find(({ name }) => name === 'logits')!;
  const [batch, , vocabulary] = logits.dims!;
  const at = graph.nodes.indexOf(head.node);
  return {
    node: (place, source, change) =>
      place === at
        ? [gather(head.hidden, cutHidden), rewriteNode(source, { ...change, firstInput: cutHidden })]
        : undefined,
    output: (name) =>
      name === 'logits' ? value(name, logits.type!, [batch!, 'asked_positions', vocabulary!]) : undefined,
    input: value(LOGITS_POSITIONS, 'int64', ['asked_positions']),
    stale: new Set(head.values),
  };
}

function usesName(graph: GraphFile, name: string): boolean {
  return (
    graph.initializers.has(name) ||
    graph.captured.has(name) ||
    [...graph.inputs, ...graph.outputs].some((own) => own.name === name) ||
    graph.nodes.some(({ inputs, outputs }) => inputs.includes(name) || outputs.includes(name))
  );
}

function gather(hidden: string, cutHidden: string): MessageWriter {
  return new MessageWriter(NODE)
    .text('input', hidden)
    .text('input', LOGITS_POSITIONS)
    .text('output', cutHidden)
    .text('name', `${LOGITS_POSITIONS}/Gather`)
    .text('opType', 'Gather')
    .inner('attribute', intAttribute('axis', 1));
}

/** A ValueInfoProto of a tensor. */
function value(name: string, type: string, dims: readonly Dimension[]): MessageWriter {
  const shape = new MessageWriter(SHAPE);
  for (const dim of dims) {
    const dimension = new MessageWriter(DIMENSION);
    if (typeof dim === 'number') dimension.int('value', dim);
    else if (dim !== '?') dimension.text('parameter', dim);
    shape.inner('dim', dimension);
  }
  const tensor = new MessageWriter(TENSOR_TYPE)
    .int('elementType', elementTypeNumber(type))
    .inner('shape', shape);
  const wrapped = new MessageWriter(TYPE).inner('tensor', tensor);
  return new MessageWriter(VALUE_INFO).text('name', name).inner('type', wrapped) as MessageWriter;
}
