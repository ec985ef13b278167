import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidFile } from '../model/json-file.js';
import { Budget } from './budget.js';
import { Cursor } from './cursor.js';
import { findDataFiles } from './data-files.js';
import { FileBytes } from './file-bytes.js';
import type { GraphFile, Initializer } from './graph-file.js';
import { MODEL } from './messages.js';
import type { ReadTensor } from './read-tensor.js';
import { walkModel, type WalkedModel } from './walk-model.js';

/**
 * Reads what an ONNX file says of itself, without its weights and without ONNX Runtime: milliseconds and little memory,
 * however large the file. Every length, dimension and place is checked, so that what is answered can be trusted.
 * @param directory the model's; external data may lie nowhere else
 * @param path the .onnx file, relative to it, with forward slashes
 * @throws InferenceError MODEL_INVALID that says what is wrong, and at which byte
 */
export async function readGraph(directory: string, path: string): Promise<GraphFile> {
  const { model, bytes, modifiedMs } = await walkFile(directory, path);
  const tensors = [...model.initializers.values(), ...model.otherTensors];
  const locations = new Set(
    tensors.flatMap(({ payload }) => (payload.at === 'external' ? [payload.data.location] : [])),
  );
  const files = await findDataFiles(directory, path, locations);
  const place = (tensor: ReadTensor): Initializer => {
    if (tensor.payload.at !== 'external') return { ...tensor, payload: tensor.payload };
    const { location, offset, bytes: needed } = tensor.payload.data;
    const file = files.get(location)!;
    const wanted = needed ?? Math.max(0, file.bytes - offset);
    if (offset + wanted <= file.bytes) {
      return { ...tensor, payload: { at: 'external', path: file.path, offset, bytes: wanted } };
    }
    throw invalidFile(
      file.path,
      `is ${file.bytes} bytes long, but ${path} keeps ${wanted} bytes of ${JSON.stringify(tensor.name)} at ${offset}: download it again`,
    );
  };
  model.otherTensors.forEach(place);
  const { opsets, inputs, outputs, operators, nodes, captured } = model;
  return {
    directory,
    path,
    bytes,
    modifiedMs,
    opsets,
    inputs,
    outputs,
    operators,
    nodes,
    captured,
    initializers: new Map([...model.initializers].map(([name, tensor]) => [name, place(tensor)])),
    dataFiles: [...new Set([...files.values()].map((file) => file.path))].sort(),
  };
}

interface WalkedFile {
  model: WalkedModel;
  bytes: number;
  modifiedMs: number;
}

async function walkFile(directory: string, path: string): Promise<WalkedFile> {
  const full = join(directory, path);
  const unreadable = (cause: Error): never => {
    throw invalidFile(path, `cannot be read: ${cause.message}`);
  };
  // Asked before it is opened: opening a pipe would wait for its writer.
  const status = await stat(full).catch(unreadable);
  if (!status.isFile()) throw invalidFile(path, 'is no file');
  await using handle = await open(full).catch(unreadable);
  const { size, mtimeMs } = await handle.stat();
  if (size === 0) throw invalidFile(path, 'is empty');
  const budget = new Budget();
  const cursor = new Cursor(new FileBytes(handle.fd, size, path), MODEL, budget);
  return { model: walkModel(cursor, budget), bytes: size, modifiedMs: mtimeMs };
}
