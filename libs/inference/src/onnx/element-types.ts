/** TensorProto.DataType: our name of it (that of ONNX Runtime for Node where it has one) and bits per element. */
const ELEMENT_TYPES: Readonly<Record<number, { name: string; bits: number }>> = {
  1: { name: 'float32', bits: 32 },
  2: { name: 'uint8', bits: 8 },
  3: { name: 'int8', bits: 8 },
  4: { name: 'uint16', bits: 16 },
  5: { name: 'int16', bits: 16 },
  6: { name: 'int32', bits: 32 },
  7: { name: 'int64', bits: 64 },
  9: { name: 'bool', bits: 8 },
  10: { name: 'float16', bits: 16 },
  11: { name: 'float64', bits: 64 },
  12: { name: 'uint32', bits: 32 },
  13: { name: 'uint64', bits: 64 },
  14: { name: 'complex64', bits: 64 },
  15: { name: 'complex128', bits: 128 },
  16: { name: 'bfloat16', bits: 16 },
  17: { name: 'float8e4m3fn', bits: 8 },
  18: { name: 'float8e4m3fnuz', bits: 8 },
  19: { name: 'float8e5m2', bits: 8 },
  20: { name: 'float8e5m2fnuz', bits: 8 },
  21: { name: 'uint4', bits: 4 },
  22: { name: 'int4', bits: 4 },
  23: { name: 'float4e2m1', bits: 4 },
  24: { name: 'float8e8m0', bits: 8 },
  25: { name: 'uint2', bits: 2 },
  26: { name: 'int2', bits: 2 },
};

const STRING = 8;

/** `type 99` for one that this version of ONNX does not have. */
export function elementTypeName(type: number): string {
  return type === STRING ? 'string' : (ELEMENT_TYPES[type]?.name ?? `type ${type}`);
}

/** Undefined for strings, and for types that we do not know: their sizes cannot be checked. */
export function bitsOf(type: number): number | undefined {
  return ELEMENT_TYPES[type]?.bits;
}

/** @param name of a numeric type, as `elementTypeName` gives it */
export function elementTypeNumber(name: string): number {
  return Number(Object.keys(ELEMENT_TYPES).find((type) => ELEMENT_TYPES[Number(type)]!.name === name));
}
