import type { Budget } from './budget.js';
import type { Cursor } from './cursor.js';
import type { GraphNode } from './graph-file.js';
import { LIMITS } from './limits.js';
import { ATTRIBUTE, NODE, SPARSE_TENSOR } from './messages.js';
import { readTensor, type ReadTensor } from './read-tensor.js';

/** What is told of a model while it is walked. */
export interface Walk {
  budget: Budget;
  /** One kind of operator, wherever it is. */
  operator(kind: string): void;
  /** One tensor that is no initializer of the top graph. */
  tensor(tensor: ReadTensor): void;
  subgraph(cursor: Cursor): void;
}

export function readNode(outer: Cursor, walk: Walk): GraphNode {
  outer.refuse(walk.budget.node());
  const cursor = outer.enter(NODE);
  const node: GraphNode = { name: '', operator: '', inputs: [], outputs: [], attributes: new Map() };
  let [domain, kind] = ['', ''];
  while (cursor.next()) {
    if (cursor.name === 'input') node.inputs.push(cursor.text());
    else if (cursor.name === 'output') node.outputs.push(cursor.text());
    else if (cursor.name === 'name') node.name = cursor.text();
    else if (cursor.name === 'opType') kind = cursor.text();
    else if (cursor.name === 'domain') domain = cursor.text();
    else if (cursor.name === 'attribute') {
      const tensor = readAttribute(cursor, node.attributes, walk);
      if (tensor) node.tensorDims = tensor.dims;
    }
  }
  if (kind === '') throw outer.fault(`(node ${JSON.stringify(node.name)}) names no operator`);
  node.operator = `${domain === '' ? 'ai.onnx' : domain}:${kind}`;
  walk.operator(node.operator);
  return node;
}

/**
 * Keeps numbers, and walks into tensors and subgraphs; text is of no interest.
 * @returns the attribute's tensor, if it is one
 */
export function readAttribute(
  outer: Cursor,
  found: GraphNode['attributes'],
  walk: Walk,
): ReadTensor | undefined {
  const cursor = outer.enter(ATTRIBUTE);
  const ints: number[] = [];
  const floats: number[] = [];
  let name = '';
  let value: number | undefined;
  let tensor: ReadTensor | undefined;
  while (cursor.next()) {
    if (cursor.name === 'name') name = cursor.text();
    else if (cursor.name === 'int') value = cursor.int();
    else if (cursor.name === 'float') value = cursor.float();
    else if (cursor.name === 'ints') keep(ints, cursor.ints(LIMITS.attributeValues) ?? []);
    else if (cursor.name === 'floats' && !cursor.isBytes) keep(floats, [cursor.float()]);
    else if (cursor.name === 'tensor' || cursor.name === 'tensors') {
      tensor = readTensor(cursor, walk.budget);
      walk.tensor(tensor);
    } else if (cursor.name === 'sparseTensor' || cursor.name === 'sparseTensors')
      readSparseTensor(cursor, walk);
    else if (cursor.name === 'graph' || cursor.name === 'graphs') walk.subgraph(cursor);
  }
  outer.refuse(walk.budget.keep(64 + 8 * (ints.length + floats.length)));
  if (found.has(name)) throw outer.fault(`gives ${JSON.stringify(name)} twice`);
  if (value !== undefined) found.set(name, value);
  else if (ints.length > 0) found.set(name, ints);
  else if (floats.length > 0) found.set(name, floats);
  return tensor;
}

function keep(list: number[], more: number[]): void {
  if (list.length + more.length <= LIMITS.attributeValues) list.push(...more);
}

/** Only its tensors' sizes and places matter here. */
export function readSparseTensor(outer: Cursor, walk: Walk): void {
  const cursor = outer.enter(SPARSE_TENSOR);
  while (cursor.next()) {
    if (cursor.name === 'values' || cursor.name === 'indices') walk.tensor(readTensor(cursor, walk.budget));
  }
}
