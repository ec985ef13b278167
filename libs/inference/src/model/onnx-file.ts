import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidFile } from './json-file.js';

/** Smaller and faster on a CPU first; anything else after these, by name. */
const PREFERRED = ['int8', 'quantized', 'uint8', 'q4', 'int4', 'q4f16', 'fp32', 'fp16'];

export interface OnnxFile {
  /** Relative to the model's directory. */
  path: string;
  quantisation: string;
}

/**
 * The graph to run: one of `onnx/model*.onnx`.
 * @throws InferenceError MODEL_INVALID when there is none
 */
export async function chooseOnnxFile(directory: string): Promise<OnnxFile> {
  const names = await readdir(join(directory, 'onnx')).catch(() => [] as string[]);
  const graphs = names
    .map((name) => ({ name, match: /^model(?:_(.+))?\.onnx$/.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ name, match }) => ({ name, quantisation: match![1] ?? 'fp32' }))
    .sort((a, b) => rank(a.quantisation) - rank(b.quantisation) || (a.name < b.name ? -1 : 1));
  const [graph] = graphs;
  if (!graph)
    throw invalidFile('onnx/model*.onnx', `is missing in ${directory}: export the model to ONNX first`);
  return { path: `onnx/${graph.name}`, quantisation: graph.quantisation };
}

function rank(quantisation: string): number {
  const at = PREFERRED.indexOf(quantisation);
  return at < 0 ? PREFERRED.length : at;
}
