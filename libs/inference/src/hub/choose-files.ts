import { InferenceError } from '../inference-error.js';
import { chooseGraph, graphsAmong, type OnnxFile } from '../model/onnx-file.js';
import type { HubFile } from './hub-client.js';

const REQUIRED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const OPTIONAL = [
  'generation_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'chat_template.json',
  // Known questions, where somebody publishes a model for networks.
  'challenges.json',
];

/** Of a file that is read whole; the tokenizers of large vocabularies have some thirty megabytes. */
const LARGEST_SMALL_BYTES = 256 * 2 ** 20;

export interface Choice {
  graph: OnnxFile;
  /** What to download for it. */
  files: HubFile[];
  /** Every quantisation that the repository has, the best for a CPU first. */
  offered: string[];
}

/**
 * What of a repository is needed to run it.
 * @throws InferenceError MODEL_NOT_FOUND when it is no ONNX model of the Hugging Face layout, or has no such
 *   quantisation; DOWNLOAD_INVALID for a JSON file of a size that none has
 */
export function chooseFiles(
  files: readonly HubFile[],
  quantisation: string | undefined,
  repository: string,
): Choice {
  const named = new Map(files.map((file) => [file.path, file]));
  const graphs = graphsAmong([...named.keys()]);
  const missing = [
    ...REQUIRED.filter((path) => !named.has(path)),
    ...(graphs.length > 0 ? [] : ['onnx/model*.onnx']),
  ];
  if (missing.length > 0) {
    const remedy = 'look for an ONNX export of the model, for instance by onnx-community';
    const problem = `${repository} has no ${missing.join(', ')}: ${remedy}`;
    throw new InferenceError('MODEL_NOT_FOUND', problem, missing[0]!);
  }
  const graph = chooseGraph(graphs, quantisation, repository);
  const find = (paths: readonly string[]): HubFile[] => paths.flatMap((path) => named.get(path) ?? []);
  const small = find([...REQUIRED, ...OPTIONAL]);
  const huge = small.find(({ bytes }) => bytes > LARGEST_SMALL_BYTES);
  if (huge) {
    const problem = `${huge.path} of ${repository} has ${huge.bytes} bytes, and may have ${LARGEST_SMALL_BYTES}`;
    throw new InferenceError('DOWNLOAD_INVALID', `${problem}: nothing was downloaded`, huge.path);
  }
  return {
    graph,
    files: [...small, ...find([graph.path, ...graph.data])],
    offered: graphs.map((each) => each.quantisation),
  };
}
