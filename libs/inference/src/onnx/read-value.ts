import type { Budget } from './budget.js';
import type { Cursor } from './cursor.js';
import { elementTypeName } from './element-types.js';
import type { Dimension, GraphValue } from './graph-file.js';
import { LIMITS } from './limits.js';
import { DIMENSION, SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './messages.js';

/** A graph's input, output or intermediate, with its type and shape. */
export function readValue(outer: Cursor, budget: Budget): GraphValue {
  outer.refuse(budget.value());
  const cursor = outer.enter(VALUE_INFO);
  const value: GraphValue = { name: '', type: undefined, dims: undefined };
  while (cursor.next()) {
    if (cursor.name === 'name') value.name = cursor.text();
    else if (cursor.name === 'type') readType(cursor, value);
  }
  if (value.name === '') throw outer.fault('has no name');
  return value;
}

function readType(outer: Cursor, value: GraphValue): void {
  const cursor = outer.enter(TYPE);
  while (cursor.next()) {
    if (cursor.name !== 'tensor') continue;
    const tensor = cursor.enter(TENSOR_TYPE);
    while (tensor.next()) {
      if (tensor.name === 'elementType') value.type = elementTypeName(tensor.int());
      else if (tensor.name === 'shape') value.dims = readShape(tensor);
    }
  }
}

function readShape(outer: Cursor): Dimension[] {
  const cursor = outer.enter(SHAPE);
  const dims: Dimension[] = [];
  while (cursor.next()) {
    if (cursor.name !== 'dim') continue;
    if (dims.length >= LIMITS.rank) throw cursor.fault(`gives more than ${LIMITS.rank} dimensions`);
    dims.push(readDimension(cursor));
  }
  return dims;
}

function readDimension(outer: Cursor): Dimension {
  const cursor = outer.enter(DIMENSION);
  let found: Dimension = '?';
  while (cursor.next()) {
    if (cursor.name === 'value') {
      found = cursor.int();
      if (!Number.isSafeInteger(found)) throw cursor.fault(`is ${found}: no dimension`);
      // Some exporters write -1 for a dimension that is open.
      if (found < 0) found = '?';
    } else if (cursor.name === 'parameter') found = cursor.text() || '?';
  }
  return found;
}
