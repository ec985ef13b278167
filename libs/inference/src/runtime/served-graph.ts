import { dirname, join } from 'node:path';
import { describeDecoder, type DecoderShape } from '../onnx/decoder-shape.js';
import { editForServing } from '../onnx/edit-for-serving.js';
import { readGraph } from '../onnx/read-graph.js';
import { readJsonObject } from '../model/json-file.js';

/** A decoder as ONNX Runtime is given it: bytes without the large weights, which stay in their files. */
export interface ServedGraph {
  bytes: Uint8Array;
  /** Where those files are. */
  folder: string;
  shape: DecoderShape;
  /** Has the input `logits_positions`. */
  hasLogitsPositions: boolean;
  /** Computes with int8 activations because we told it so. */
  roundsActivations: boolean;
}

/**
 * Reads, checks and edits the graph of a model.
 * @param directory the model's
 * @param path of the .onnx file, relative to it
 * @throws InferenceError MODEL_INVALID
 */
export async function readServedGraph(directory: string, path: string): Promise<ServedGraph> {
  const graph = await readGraph(directory, path);
  const shape = describeDecoder(graph, await readJsonObject(directory, 'config.json'));
  const { bytes, hasLogitsPositions, roundsActivations } = await editForServing(graph);
  return { bytes, folder: dirname(join(directory, path)), shape, hasLogitsPositions, roundsActivations };
}
