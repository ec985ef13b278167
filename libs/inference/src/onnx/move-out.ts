import type { Cursor } from './cursor.js';
import { ENTRY, TENSOR } from './messages.js';
import { MessageWriter } from './message-writer.js';

/** Smaller ones stay: shapes and axes among them must be known when the graph is optimised. */
const LARGE = 1024;
const EXTERNAL = 1;

/**
 * A tensor of the .onnx file as external data in that same file, at the place where its bytes are.
 * @param location the .onnx file's name in its folder
 * @returns undefined when it is small, external already, or kept in a typed list
 */
export function moveOut(outer: Cursor, location: string): MessageWriter | undefined {
  const cursor = outer.enter(TENSOR);
  const moved = new MessageWriter(TENSOR);
  let [offset, length] = [0, 0];
  while (cursor.next()) {
    if (cursor.name === 'rawData') [offset, length] = [cursor.payloadStart, cursor.length];
    else if (cursor.name === 'externalData' || cursor.name === 'dataLocation') return undefined;
    else if (cursor.length > LARGE) return undefined;
    else moved.raw(cursor.copy(cursor.fieldStart, cursor.payloadEnd));
  }
  if (length <= LARGE) return undefined;
  const entry = (key: string, value: string | number): MessageWriter =>
    new MessageWriter(ENTRY).text('key', key).text('value', String(value));
  return moved
    .inner('externalData', entry('location', location))
    .inner('externalData', entry('offset', offset))
    .inner('externalData', entry('length', length))
    .int('dataLocation', EXTERNAL);
}
