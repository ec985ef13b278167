import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Budget } from '../onnx/budget.js';
import { Cursor } from '../onnx/cursor.js';
import { FileBytes } from '../onnx/file-bytes.js';
import { MessageWriter } from '../onnx/message-writer.js';
import { GRAPH, MODEL, NODE } from '../onnx/messages.js';
import { rewriteNode } from '../onnx/rewrite-node.js';

/** Copies a model whose products of packed weights then have another `accuracy_level`: 0 leaves it open, 1 is float32. */
export async function copyWithAccuracy(
  directory: string,
  path: string,
  { to, level }: { to: string; level: number },
): Promise<void> {
  cpSync(directory, to, { recursive: true, filter: (file) => !file.endsWith('.onnx') });
  await using handle = await open(join(directory, path));
  const bytes = new FileBytes(handle.fd, (await handle.stat()).size, path);
  const source = new Cursor(bytes, MODEL, new Budget());
  const model = new MessageWriter(MODEL);
  while (source.next()) {
    if (source.name === 'graph') model.inner('graph', graphWith(source, { accuracy_level: level }));
    else model.raw(source.copy(source.fieldStart, source.payloadEnd));
  }
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), model.finish());
}

function graphWith(outer: Cursor, ints: Record<string, number>): MessageWriter {
  const source = outer.enter(GRAPH);
  const graph = new MessageWriter(GRAPH);
  while (source.next()) {
    if (source.name === 'node' && isPacked(source)) graph.inner('node', rewriteNode(source, { ints }));
    else graph.raw(source.copy(source.fieldStart, source.payloadEnd));
  }
  return graph;
}

function isPacked(outer: Cursor): boolean {
  const node = outer.enter(NODE);
  while (node.next()) if (node.name === 'opType') return node.text() === 'MatMulNBits';
  return false;
}
