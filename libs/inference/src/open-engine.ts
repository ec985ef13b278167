import { availableParallelism } from 'node:os';
import type { Engine } from './engine.js';
import { InferenceError } from './inference-error.js';
import { readModel } from './model/model.js';
import { chooseOnnxFile } from './model/onnx-file.js';
import { SupervisedEngine } from './supervised-engine.js';
import { spawnWorker } from './thread/inference-thread.js';

export interface EngineOptions {
  /** The model's directory. */
  model: string;
  /** The name clients use; the directory's own unless given. */
  id?: string;
  /** Threads of one step; half the processors, at most 4, unless given. More never changes the bits. */
  threads?: number;
  /** Completions that advance at once; 2 unless given. Further ones wait in order. */
  slots?: number;
}

/**
 * Loads a model in a thread of its own and answers when it is ready to generate.
 * @throws InferenceError MODEL_INVALID, its `field` the file that is wrong; ENGINE_FAILED when the thread cannot start
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { threads = defaultThreads(), slots = 2 } = options;
  checkCount('threads', threads);
  checkCount('slots', slots);
  const model = await readModel(options.model, options.id);
  const graph = await chooseOnnxFile(model.path);
  return SupervisedEngine.start(model, () => spawnWorker({ model, graph: graph.path, threads, slots }));
}

function defaultThreads(): number {
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}

function checkCount(field: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new InferenceError('ENGINE_FAILED', `${field} must be an integer of at least 1, not ${value}`, field);
}
