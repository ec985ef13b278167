import { Budget } from './budget.js';
import type { Cursor } from './cursor.js';
import type { GraphNode, GraphValue } from './graph-file.js';
import { FUNCTION, GRAPH, OPSET, TRAINING } from './messages.js';
import { readAttribute, readNode, readSparseTensor, type Walk } from './read-node.js';
import { readTensor, type ReadTensor } from './read-tensor.js';
import { readValue } from './read-value.js';

/** A model as its .onnx file tells it; where its external data lies is not looked at yet. */
export interface WalkedModel {
  opsets: Map<string, number>;
  inputs: GraphValue[];
  outputs: GraphValue[];
  nodes: GraphNode[];
  initializers: Map<string, ReadTensor>;
  operators: Set<string>;
  captured: Set<string>;
  /** Tensors of attributes, subgraphs and functions. */
  otherTensors: ReadTensor[];
}

/**
 * Walks a ModelProto.
 * @param cursor over the whole file
 * @throws InferenceError MODEL_INVALID
 */
export function walkModel(cursor: Cursor, budget: Budget): WalkedModel {
  const model: WalkedModel = {
    opsets: new Map(),
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: new Map(),
    operators: new Set(),
    captured: new Set(),
    otherTensors: [],
  };
  const walk: Walk = {
    budget,
    operator: (kind) => model.operators.add(kind),
    tensor: (tensor) => {
      if (tensor.payload.at === 'external') model.otherTensors.push(tensor);
    },
    subgraph: (at) => walkInnerGraph(at, model, walk),
  };
  let hasGraph = false;
  while (cursor.next()) {
    if (cursor.name === 'opset') readOpset(cursor, model.opsets);
    else if (cursor.name === 'function') walkFunction(cursor, walk);
    else if (cursor.name === 'training') walkTraining(cursor, model, walk);
    else if (cursor.name === 'graph') {
      hasGraph = true;
      walkTopGraph(cursor, model, walk);
    }
  }
  if (!hasGraph) throw cursor.fault('is the last, and there was no graph: this is no ONNX model');
  return model;
}

function readOpset(outer: Cursor, opsets: Map<string, number>): void {
  const cursor = outer.enter(OPSET);
  let [domain, version] = ['', 0];
  while (cursor.next()) {
    if (cursor.name === 'domain') domain = cursor.text();
    else if (cursor.name === 'version') version = cursor.int();
  }
  opsets.set(domain === '' ? 'ai.onnx' : domain, version);
}

function walkTopGraph(outer: Cursor, model: WalkedModel, walk: Walk): void {
  const cursor = outer.enter(GRAPH);
  const made = new Set<string>();
  const inputs: GraphValue[] = [];
  const once = (what: string, name: string, names: { has(name: string): boolean }): void => {
    if (names.has(name)) throw cursor.fault(`gives ${what} ${JSON.stringify(name)} a second time`);
  };
  while (cursor.next()) {
    if (cursor.name === 'node') {
      const node = readNode(cursor, walk);
      for (const output of node.outputs) {
        if (output === '') continue;
        once('the value', output, made);
        made.add(output);
      }
      model.nodes.push(node);
    } else if (cursor.name === 'initializer') {
      const tensor = readTensor(cursor, walk.budget);
      once('the initializer', tensor.name, model.initializers);
      model.initializers.set(tensor.name, tensor);
    } else if (cursor.name === 'input') inputs.push(readValue(cursor, walk.budget));
    else if (cursor.name === 'output') model.outputs.push(readValue(cursor, walk.budget));
    else if (cursor.name === 'sparseInitializer') readSparseTensor(cursor, walk);
  }
  for (const values of [inputs, model.outputs]) {
    const names = new Set(values.map(({ name }) => name));
    if (names.size < values.length) throw outer.fault('has two inputs or two outputs of one name');
  }
  const twice = [...inputs.map(({ name }) => name), ...model.initializers.keys()].find((n) => made.has(n));
  if (twice !== undefined) throw outer.fault(`has a node that makes its input ${JSON.stringify(twice)}`);
  model.inputs = inputs.filter(({ name }) => !model.initializers.has(name));
}

/** Nothing of an inner graph is kept but what it uses. */
function walkInnerGraph(outer: Cursor, model: WalkedModel, walk: Walk): void {
  const cursor = outer.enter(GRAPH);
  while (cursor.next()) {
    if (cursor.name === 'node') for (const name of readNode(cursor, walk).inputs) model.captured.add(name);
    else if (cursor.name === 'initializer') walk.tensor(readTensor(cursor, walk.budget));
    else if (cursor.name === 'sparseInitializer') readSparseTensor(cursor, walk);
    // An inner graph may answer a value of the outer one as it is.
    else if (cursor.name === 'output') model.captured.add(readValue(cursor, walk.budget).name);
  }
}

function walkFunction(outer: Cursor, walk: Walk): void {
  const cursor = outer.enter(FUNCTION);
  while (cursor.next()) {
    if (cursor.name === 'node') readNode(cursor, walk);
    else if (cursor.name === 'attribute') readAttribute(cursor, new Map(), walk);
  }
}

function walkTraining(outer: Cursor, model: WalkedModel, walk: Walk): void {
  const cursor = outer.enter(TRAINING);
  while (cursor.next()) if (cursor.name !== undefined) walkInnerGraph(cursor, model, walk);
}
