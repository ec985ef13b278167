import { open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { invalidFile } from '../model/json-file.js';
import { Budget } from './budget.js';
import { Cursor } from './cursor.js';
import { cutHead, LOGITS_POSITIONS, type GraphEdit } from './cut-head.js';
import { FileBytes } from './file-bytes.js';
import { findHead } from './find-head.js';
import type { GraphFile } from './graph-file.js';
import { LIMITS } from './limits.js';
import { MessageWriter } from './message-writer.js';
import { GRAPH, MODEL, VALUE_INFO } from './messages.js';
import { moveOut } from './move-out.js';
import { rewriteNode } from './rewrite-node.js';
import { isUndecided, ROUNDED } from './round-activations.js';

export interface EditedGraph {
  /**
   * The model, without its large initializers: those are external data that points into the .onnx file. ONNX Runtime
   * takes it with the session option `session.model_external_initializers_file_folder_path`, the folder of that file.
   */
  bytes: Uint8Array;
  /** That folder, absolute. */
  folder: string;
  /** What was edited, and what was left and why, for people. */
  edits: string[];
  /** Whether the graph has the input `logits_positions` (int64 [n]) and gives logits of these positions only. */
  hasLogitsPositions: boolean;
  /** Whether products were told to round activations to int8, which gives other bits than the file by itself. */
  roundsActivations: boolean;
}

const NONE: GraphEdit = {
  node: () => undefined,
  output: () => undefined,
  input: undefined,
  stale: new Set(),
};

/**
 * The same model with logits of the asked positions only, small enough to keep in memory. Everything that is not edited
 * is copied byte for byte.
 *
 * Two further edits would save products at each step, and need weights of several initializers in one piece, so a
 * second file on disk (made once, cached beside the model by the hash of the first): q, k and v of one layer, MatMulNBits
 * of one input, equal K, bits and block_size, as one of N = Nq + Nk + Nv (weights [N, K / block, block bytes], scales and
 * zero points follow each other along N), whose output GroupQueryAttention takes packed as its query when key and value
 * are empty; and gate and up in the same way, with a Split after the product. Each row of N is computed on its own, so
 * the bits stay.
 * @throws InferenceError MODEL_INVALID when the file changed since it was read, or is too large without initializers
 */
export async function editForServing(graph: GraphFile): Promise<EditedGraph> {
  const head = findHead(graph);
  const cut = typeof head === 'string' ? head : cutHead(graph, head);
  const undecided = new Set([...graph.nodes.keys()].filter((at) => isUndecided(graph.nodes[at]!)));
  const edit = withRounding(typeof cut === 'string' ? NONE : cut, undecided);
  const file = await placeOf(graph);
  await using handle = await open(file);
  const { size, mtimeMs } = await handle.stat();
  if (size !== graph.bytes || mtimeMs !== graph.modifiedMs) {
    throw invalidFile(graph.path, 'changed while it was loaded: load it again');
  }
  const budget = new Budget();
  const source = new Cursor(new FileBytes(handle.fd, size, graph.path), MODEL, budget);
  const written = new MessageWriter(MODEL);
  let moved = 0;
  while (source.next()) {
    if (source.name !== 'graph') copyField(source, written);
    else {
      const edited = editGraph(source.enter(GRAPH), basename(file), edit);
      moved = edited.moved;
      written.inner('graph', edited.written);
    }
  }
  return {
    bytes: written.finish(),
    folder: dirname(file),
    edits: [
      typeof cut === 'string'
        ? `logits are computed for every position: ${cut}`
        : `logits are computed for the positions of ${LOGITS_POSITIONS} only`,
      ...(undecided.size > 0 ? [`${undecided.size} products round activations to int8`] : []),
      `${moved} initializers are read from ${graph.path} where they are`,
    ],
    roundsActivations: undecided.size > 0,
    hasLogitsPositions: typeof cut !== 'string',
  };
}

/** The same edit, and products of weights in few bits that are computed with int8 activations. */
function withRounding(edit: GraphEdit, undecided: ReadonlySet<number>): GraphEdit {
  return {
    ...edit,
    node: (at, source) => {
      const change = undecided.has(at) ? { ints: ROUNDED } : {};
      return edit.node(at, source, change) ?? (undecided.has(at) ? [rewriteNode(source, change)] : undefined);
    },
  };
}

/**
 * The file itself, where the path is a link, as in Hugging Face's cache: ONNX Runtime reads external data below the
 * folder that it is told of, and follows no link out of it.
 */
async function placeOf({ directory, path, dataFiles }: GraphFile): Promise<string> {
  const full = join(directory, path);
  const unreadable = (cause: Error): never => {
    throw invalidFile(path, `cannot be read: ${cause.message}`);
  };
  const file = await realpath(full).catch(unreadable);
  const folder = await realpath(dirname(full)).catch(unreadable);
  if (dataFiles.length === 0 || dirname(file) === folder) return file;
  throw invalidFile(path, `is a link to ${file}, away from ${dataFiles[0]}: copy both into one directory`);
}

function editGraph(
  source: Cursor<keyof (typeof GRAPH)['numbers']>,
  location: string,
  edit: GraphEdit,
): { written: MessageWriter<keyof (typeof GRAPH)['numbers']>; moved: number } {
  const written = new MessageWriter(GRAPH);
  let [nodes, moved] = [0, 0];
  while (source.next()) {
    if (source.name === 'initializer') {
      const tensor = moveOut(source, location);
      if (tensor) {
        moved += 1;
        written.inner('initializer', tensor);
        continue;
      }
    } else if (source.name === 'node') {
      const replaced = edit.node(nodes++, source, {});
      if (replaced) {
        for (const node of replaced) written.inner('node', node);
        continue;
      }
    } else if (source.name === 'output') {
      const replaced = edit.output(nameOf(source));
      if (replaced) {
        written.inner('output', replaced);
        continue;
      }
    } else if (source.name === 'valueInfo' && edit.stale.has(nameOf(source))) continue;
    copyField(source, written);
  }
  if (edit.input) written.inner('input', edit.input);
  return { written, moved };
}

function nameOf(outer: Cursor): string {
  const cursor = outer.enter(VALUE_INFO);
  while (cursor.next()) if (cursor.name === 'name') return cursor.text();
  return '';
}

function copyField(source: Cursor, written: MessageWriter): void {
  const bytes = source.payloadEnd - source.fieldStart;
  if (written.length + bytes > LIMITS.editedBytes) {
    throw source.fault(
      `takes the graph without its initializers to over ${LIMITS.editedBytes} bytes: export weights as initializers`,
    );
  }
  written.raw(source.copy(source.fieldStart, source.payloadEnd));
}
