/** Small ONNX files for specs, sound and otherwise, written field by field. */
import { MessageWriter } from '../onnx/message-writer.js';
import {
  ATTRIBUTE,
  DIMENSION,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from '../onnx/messages.js';

export const FLOAT = 1;
export const UINT8 = 2;
export const INT64 = 7;
export const HALF = 10;

export interface ValueSpec {
  name: string;
  type: number;
  dims: (number | bigint | string)[];
}

export interface NodeSpec {
  operator: string;
  inputs: string[];
  outputs: string[];
  domain?: string;
  ints?: Record<string, number | number[]>;
  graph?: GraphSpec;
  tensor?: TensorSpec;
}

export interface TensorSpec {
  name: string;
  type: number;
  dims: (number | bigint)[];
  raw?: Uint8Array;
  floats?: Uint8Array;
  external?: Record<string, string>;
}

export interface GraphSpec {
  nodes: NodeSpec[];
  initializers?: TensorSpec[];
  inputs?: ValueSpec[];
  outputs?: ValueSpec[];
  values?: ValueSpec[];
}

/** The bytes of a model file. */
export function encodeModel(spec: GraphSpec): Uint8Array {
  return new MessageWriter(MODEL)
    .int('irVersion', 9)
    .inner('opset', new MessageWriter(OPSET).text('domain', '').int('version', 18))
    .inner('opset', new MessageWriter(OPSET).text('domain', 'com.microsoft').int('version', 1))
    .inner('graph', graph(spec))
    .finish();
}

/** Numbers as the little-endian bytes of raw_data. */
export function raw(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
}

function graph(spec: GraphSpec): MessageWriter<keyof (typeof GRAPH)['numbers']> {
  const written = new MessageWriter(GRAPH).text('name', 'graph');
  for (const one of spec.nodes) written.inner('node', node(one));
  for (const one of spec.initializers ?? []) written.inner('initializer', tensor(one));
  for (const one of spec.inputs ?? []) written.inner('input', value(one));
  for (const one of spec.outputs ?? []) written.inner('output', value(one));
  for (const one of spec.values ?? []) written.inner('valueInfo', value(one));
  return written;
}

function node(spec: NodeSpec): MessageWriter<keyof (typeof NODE)['numbers']> {
  const written = new MessageWriter(NODE);
  for (const input of spec.inputs) written.text('input', input);
  for (const output of spec.outputs) written.text('output', output);
  written.text('opType', spec.operator);
  if (spec.domain !== undefined) written.text('domain', spec.domain);
  for (const [name, given] of Object.entries(spec.ints ?? {})) {
    const attribute = new MessageWriter(ATTRIBUTE).text('name', name);
    if (Array.isArray(given)) for (const one of given) attribute.int('ints', one);
    else attribute.int('int', given);
    written.inner('attribute', attribute.int('type', Array.isArray(given) ? 7 : 2));
  }
  if (spec.graph) {
    const body = new MessageWriter(ATTRIBUTE).text('name', 'body').inner('graph', graph(spec.graph));
    written.inner('attribute', body.int('type', 5));
  }
  if (spec.tensor) {
    const held = new MessageWriter(ATTRIBUTE).text('name', 'value').inner('tensor', tensor(spec.tensor));
    written.inner('attribute', held.int('type', 4));
  }
  return written;
}

function tensor(spec: TensorSpec): MessageWriter<keyof (typeof TENSOR)['numbers']> {
  const written = new MessageWriter(TENSOR);
  for (const dim of spec.dims) written.int('dims', dim);
  written.int('dataType', spec.type).text('name', spec.name);
  if (spec.raw) written.bytes('rawData', spec.raw);
  if (spec.floats) written.bytes('floatData', spec.floats);
  if (spec.external) {
    for (const [key, text] of Object.entries(spec.external)) {
      written.inner('externalData', new MessageWriter(ENTRY).text('key', key).text('value', text));
    }
    written.int('dataLocation', 1);
  }
  return written;
}

function value(spec: ValueSpec): MessageWriter<keyof (typeof VALUE_INFO)['numbers']> {
  const shape = new MessageWriter(SHAPE);
  for (const dim of spec.dims) {
    const written = new MessageWriter(DIMENSION);
    shape.inner('dim', typeof dim === 'string' ? written.text('parameter', dim) : written.int('value', dim));
  }
  const type = new MessageWriter(TENSOR_TYPE).int('elementType', spec.type).inner('shape', shape);
  const wrapped = new MessageWriter(TYPE).inner('tensor', type);
  return new MessageWriter(VALUE_INFO).text('name', spec.name).inner('type', wrapped);
}
