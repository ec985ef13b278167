import type { Budget } from './budget.js';
import type { Cursor } from './cursor.js';
import { bitsOf, elementTypeName } from './element-types.js';
import { LIMITS } from './limits.js';
import { ENTRY, TENSOR } from './messages.js';

const EXTERNAL = 1;

/** External data as the tensor names it, before anyone looked at the file. */
interface ExternalData {
  /** Relative to the .onnx file's folder. */
  location: string;
  offset: number;
  /** What dims and type need; undefined when the type is unknown and the entry gives no length. */
  bytes: number | undefined;
}

type TensorPayload =
  | { at: 'inline'; offset: number; bytes: number }
  | { at: 'typed'; bytes: number }
  | { at: 'external'; data: ExternalData };

export interface ReadTensor {
  name: string;
  type: string;
  dims: number[];
  payload: TensorPayload;
}

/** Bytes and number of the fields that hold one kind of payload. */
interface Stored {
  field: string;
  fields: number;
  bytes: number;
}

/**
 * Reads a tensor's header and checks that its payload is as large as dims and type say, without reading it.
 * @throws InferenceError MODEL_INVALID
 */
export function readTensor(outer: Cursor, budget: Budget): ReadTensor {
  outer.refuse(budget.tensor());
  const cursor = outer.enter(TENSOR);
  const dims: number[] = [];
  const entries = new Map<string, string>();
  const stored: Stored[] = [];
  let [name, type, isExternal, offset] = ['', 0, false, 0];
  while (cursor.next()) {
    if (cursor.name === 'name') name = cursor.text();
    else if (cursor.name === 'dataType') type = cursor.int();
    else if (cursor.name === 'dims') readDims(cursor, dims);
    else if (cursor.name === 'dataLocation') isExternal = cursor.int() === EXTERNAL;
    else if (cursor.name === 'externalData') readEntry(cursor, entries);
    else if (cursor.name !== undefined) {
      if (cursor.name === 'rawData') offset = cursor.payloadStart;
      store(cursor, stored);
    }
  }
  const fault = (problem: string): Error => outer.fault(`(tensor ${JSON.stringify(name)}) ${problem}`);
  const needed = neededBytes(dims, type, fault);
  const header = { name, type: elementTypeName(type), dims };
  if (isExternal) {
    if (stored.some(({ bytes }) => bytes > 0)) throw fault('has its data inside the file and outside');
    return { ...header, payload: { at: 'external', data: externalData(entries, needed, fault) } };
  }
  const held = stored.filter(({ bytes, field }) => bytes > 0 || field === 'stringData');
  if (held.length > 1) throw fault(`has its data twice, as ${held.map(({ field }) => field).join(' and ')}`);
  const [only] = held;
  if (only === undefined || only.field === 'rawData') {
    const bytes = only?.bytes ?? 0;
    if (needed !== undefined && bytes !== needed) throw fault(sizeProblem(header, needed, bytes));
    return { ...header, payload: { at: 'inline', offset, bytes } };
  }
  checkTyped(header, only, fault);
  return { ...header, payload: { at: 'typed', bytes: only.bytes } };
}

function readDims(cursor: Cursor, dims: number[]): void {
  const more = cursor.ints(LIMITS.rank);
  if (more === undefined || dims.length + more.length > LIMITS.rank) {
    throw cursor.fault(`gives more than ${LIMITS.rank} dimensions`);
  }
  for (const dim of more) {
    if (!Number.isSafeInteger(dim) || dim < 0) throw cursor.fault(`is ${dim}: no dimension`);
    dims.push(dim);
  }
}

function readEntry(outer: Cursor, entries: Map<string, string>): void {
  const cursor = outer.enter(ENTRY);
  let [key, value] = ['', ''];
  while (cursor.next()) {
    if (cursor.name === 'key') key = cursor.text();
    if (cursor.name === 'value') value = cursor.text();
  }
  if (entries.has(key)) throw outer.fault(`gives ${JSON.stringify(key)} twice`);
  if (entries.size >= LIMITS.attributeValues) throw outer.fault('has too many entries');
  entries.set(key, value);
}

function store(cursor: Cursor, stored: Stored[]): void {
  const same = stored.find(({ field }) => field === cursor.name);
  if (same) {
    same.fields += 1;
    same.bytes += cursor.length;
  } else stored.push({ field: cursor.name!, fields: 1, bytes: cursor.length });
  if ((cursor.name === 'rawData' || cursor.name === 'stringData') && !cursor.isBytes) {
    throw cursor.fault('is not a run of bytes');
  }
}

function neededBytes(dims: number[], type: number, fault: (problem: string) => Error): number | undefined {
  const elements = dims.includes(0) ? 0 : dims.reduce((product, dim) => product * dim, 1);
  const bits = bitsOf(type);
  if (elements * Math.max(8, bits ?? 8) > Number.MAX_SAFE_INTEGER) {
    throw fault(`has the dimensions [${dims.join(', ')}], more elements than any file can hold`);
  }
  return bits === undefined ? undefined : Math.ceil((elements * bits) / 8);
}

function sizeProblem(
  { type, dims }: { type: string; dims: number[] },
  needed: number,
  bytes: number,
): string {
  return `is ${type} [${dims.join(', ')}], which takes ${needed} bytes, but holds ${bytes}`;
}

/** Bytes that one number takes in a typed list, at least and at most. */
const TYPED: Readonly<Record<string, [number, number]>> = {
  floatData: [4, 4],
  doubleData: [8, 8],
  int32Data: [1, 10],
  int64Data: [1, 10],
  uint64Data: [1, 10],
};

function checkTyped(
  tensor: { type: string; dims: number[] },
  { field, fields, bytes }: Stored,
  fault: (problem: string) => Error,
): void {
  const elements = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (field === 'stringData') {
    if (elements !== fields) throw fault(`has ${elements} elements by its dimensions, but ${fields} strings`);
    return;
  }
  const [least, most] = TYPED[field]!;
  // Complex numbers are two entries; types below a byte share one.
  const numbers = /^complex/.test(tensor.type) ? elements * 2 : elements;
  const shared = /^u?int[24]$|^float4/.test(tensor.type) ? 4 : 1;
  if (bytes < Math.ceil(numbers / shared) * least || bytes > numbers * most) {
    throw fault(`has ${elements} elements by its dimensions, but ${bytes} bytes of ${field}`);
  }
}

function externalData(
  entries: ReadonlyMap<string, string>,
  needed: number | undefined,
  fault: (problem: string) => Error,
): ExternalData {
  const location = entries.get('location');
  if (location === undefined || location === '') throw fault('does not say where its external data is');
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value)) {
      throw fault(`gives the ${key} of its external data as ${JSON.stringify(text)}`);
    }
    return value;
  };
  const length = number('length');
  if (length !== undefined && needed !== undefined && length !== needed) {
    throw fault(`takes ${needed} bytes by its dimensions, but ${length} bytes of external data`);
  }
  return { location, offset: number('offset') ?? 0, bytes: needed ?? length };
}
