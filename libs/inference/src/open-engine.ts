import { availableParallelism } from 'node:os';
import type { BindingName, Engine, ProviderName } from './engine.js';
import { InferenceError } from './inference-error.js';
import { readModel } from './model/model.js';
import { chooseOnnxFile } from './model/onnx-file.js';
import { SupervisedEngine } from './supervised-engine.js';
import { forkEngine } from './process/engine-process.js';

export interface EngineOptions {
  /** The model's directory. */
  model: string;
  /** The name clients use; the directory's own unless given. */
  id?: string;
  /** Which of the model's graphs, e.g. `q4`; the best for a CPU unless given. */
  quantisation?: string;
  /** Threads of one step; half the processors, at most 4, unless given. More never changes the bits. */
  threads?: number;
  /** Completions that advance at once; 2 unless given. Further ones wait in order. */
  slots?: number;
  /** Tokens, prompt and completion together; the model's own limit unless a smaller one is given, or what memory holds. */
  contextLength?: number;
  /** The fastest that can run the model on this machine unless given. */
  binding?: BindingName;
  /** The processor unless given. */
  provider?: ProviderName;
}

/**
 * Loads a model in a process of its own and answers when it is ready to generate.
 * @throws InferenceError MODEL_INVALID, its `field` the file that is wrong; MODEL_NOT_FOUND for a quantisation that is
 *   not there; ENGINE_FAILED when the process cannot start, or with the option that cannot be had as `field`
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { threads = defaultThreads(), slots = 2, binding = 'auto', provider = 'cpu' } = options;
  checkCount('threads', threads);
  checkCount('slots', slots);
  const own = await readModel(options.model, options.id, options.quantisation);
  const { contextLength = own.contextLength } = options;
  checkCount('contextLength', contextLength);
  const model = { ...own, contextLength: Math.min(contextLength, own.contextLength) };
  const graph = (await chooseOnnxFile(model.path, options.quantisation)).path;
  return SupervisedEngine.start(
    { model, graph, threads, slots, binding, provider, mayShrink: options.contextLength === undefined },
    forkEngine,
  );
}

function defaultThreads(): number {
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}

function checkCount(field: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new InferenceError('ENGINE_FAILED', `${field} must be an integer of at least 1, not ${value}`, field);
}
