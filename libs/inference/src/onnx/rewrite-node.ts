import type { Cursor } from './cursor.js';
import { ATTRIBUTE, NODE } from './messages.js';
import { MessageWriter } from './message-writer.js';

/** AttributeProto.INT */
const INT = 2;

export interface NodeChange {
  /** In place of its first input. */
  firstInput?: string;
  /** Attributes that are whole numbers, in place of those of the same name or beside the others. */
  ints?: Readonly<Record<string, number>>;
}

/** The same node with a change, all else byte for byte. */
export function rewriteNode(outer: Cursor, { firstInput, ints = {} }: NodeChange): MessageWriter {
  const cursor = outer.enter(NODE);
  const node = new MessageWriter(NODE);
  let isFirst = firstInput !== undefined;
  while (cursor.next()) {
    if (cursor.name === 'input' && isFirst) {
      node.text('input', firstInput!);
      isFirst = false;
    } else if (cursor.name === 'attribute' && nameOf(cursor) in ints) continue;
    else node.raw(cursor.copy(cursor.fieldStart, cursor.payloadEnd));
  }
  for (const [name, value] of Object.entries(ints)) node.inner('attribute', intAttribute(name, value));
  return node;
}

/** An AttributeProto that is a whole number. */
export const intAttribute = (name: string, value: number): MessageWriter =>
  new MessageWriter(ATTRIBUTE).text('name', name).int('type', INT).int('int', value);

function nameOf(outer: Cursor): string {
  const cursor = outer.enter(ATTRIBUTE);
  while (cursor.next()) if (cursor.name === 'name') return cursor.text();
  return '';
}
