/** One protobuf message of ONNX: the fields that we read or write, by name; all others are carried or skipped unread. */
export interface Message<Field extends string = string> {
  readonly name: string;
  readonly numbers: Readonly<Record<Field, number>>;
  readonly names: ReadonlyMap<number, Field>;
  readonly repeated: ReadonlySet<number>;
}

function message<One extends string, Many extends string = never>(
  name: string,
  one: Record<One, number>,
  many = {} as Record<Many, number>,
): Message<One | Many> {
  const numbers: Record<One | Many, number> = { ...one, ...many };
  const entries = Object.entries(numbers) as [One | Many, number][];
  return {
    name,
    numbers,
    names: new Map(entries.map(([field, number]) => [number, field])),
    repeated: new Set<number>(Object.values(many)),
  };
}

// Field numbers: onnx.proto of the ONNX project, IR version 14.

export const MODEL = message(
  'ModelProto',
  { irVersion: 1, graph: 7 },
  { opset: 8, training: 20, function: 25 },
);
export const OPSET = message('OperatorSetIdProto', { domain: 1, version: 2 });
export const GRAPH = message(
  'GraphProto',
  { name: 2 },
  { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13, sparseInitializer: 15 },
);
export const NODE = message(
  'NodeProto',
  { name: 3, opType: 4, domain: 7 },
  { input: 1, output: 2, attribute: 5 },
);
export const ATTRIBUTE = message(
  'AttributeProto',
  { name: 1, float: 2, int: 3, tensor: 5, graph: 6, type: 20, sparseTensor: 22 },
  { floats: 7, ints: 8, tensors: 10, graphs: 11, sparseTensors: 23 },
);
export const FUNCTION = message('FunctionProto', { name: 1 }, { node: 7, attribute: 11 });
export const TRAINING = message('TrainingInfoProto', { initialization: 1, algorithm: 2 });
export const TENSOR = message(
  'TensorProto',
  { dataType: 2, name: 8, rawData: 9, dataLocation: 14 },
  {
    dims: 1,
    floatData: 4,
    int32Data: 5,
    stringData: 6,
    int64Data: 7,
    doubleData: 10,
    uint64Data: 11,
    externalData: 13,
  },
);
export const SPARSE_TENSOR = message('SparseTensorProto', { values: 1, indices: 2 });
export const ENTRY = message('StringStringEntryProto', { key: 1, value: 2 });
export const VALUE_INFO = message('ValueInfoProto', { name: 1, type: 2 });
export const TYPE = message('TypeProto', { tensor: 1 });
export const TENSOR_TYPE = message('TypeProto.Tensor', { elementType: 1, shape: 2 });
export const SHAPE = message('TensorShapeProto', {}, { dim: 1 });
export const DIMENSION = message('TensorShapeProto.Dimension', { value: 1, parameter: 2 });
