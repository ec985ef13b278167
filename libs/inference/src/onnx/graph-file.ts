/** What `readGraph` tells of an ONNX file. */

/** A symbolic dimension is its name, or `?` when it has none. */
export type Dimension = number | string;

export interface GraphValue {
  name: string;
  /** As ONNX Runtime names it: `float32`, `int64`, …; undefined when the value is no tensor. */
  type: string | undefined;
  /** Undefined when the file does not say. */
  dims: Dimension[] | undefined;
}

export interface GraphNode {
  name: string;
  /** `domain:OpType`, the default domain as `ai.onnx`. */
  operator: string;
  inputs: string[];
  outputs: string[];
  /** Integers and floats, and lists of up to 64 of them; above 2^53 the nearest double. */
  attributes: Map<string, number | number[]>;
  /** Shape of its tensor attribute, such as a Constant has. */
  tensorDims?: number[];
}

/** Where a tensor's elements are. */
type Payload =
  /** The little-endian elements in the .onnx file, from `offset`. */
  | { at: 'inline'; offset: number; bytes: number }
  /** In one of the typed lists of the .onnx file, such as `float_data`. */
  | { at: 'typed'; bytes: number }
  /** In another file; `path` is relative to the model's directory. */
  | { at: 'external'; path: string; offset: number; bytes: number };

export interface Initializer {
  name: string;
  type: string;
  dims: number[];
  payload: Payload;
}

export interface GraphFile {
  /** The model's directory, absolute or as given. */
  directory: string;
  /** Relative to the directory, with forward slashes. */
  path: string;
  bytes: number;
  modifiedMs: number;
  /** Version by domain, the default domain as `ai.onnx`. */
  opsets: Map<string, number>;
  /** What a caller feeds: graph inputs that are not initializers. */
  inputs: GraphValue[];
  outputs: GraphValue[];
  /** Every kind of operator, as `domain:OpType`, also of subgraphs and local functions. */
  operators: Set<string>;
  /** Of the top graph, in the file's order. */
  nodes: GraphNode[];
  /** Names that subgraphs use: they may come from the top graph. */
  captured: Set<string>;
  /** Of the top graph, by name. */
  initializers: Map<string, Initializer>;
  /** Files with external data, relative to the model's directory, sorted. */
  dataFiles: string[];
}
