import type { Worker } from 'node:worker_threads';
import type { ModelInfo } from './engine.js';
import { readModel } from './model/model.js';
import { restartDelay, SupervisedEngine } from './supervised-engine.js';
import { build, chat, collect, request, textOf, TINY } from './testing/tiny-engine.js';
import { spawnWorker } from './thread/inference-thread.js';

let model: ModelInfo;

beforeAll(async () => {
  build();
  model = await readModel(TINY);
});

/** Real threads, each kept so that a spec can kill it. */
function spawner(graph: () => string = () => 'onnx/model_int8.onnx'): {
  workers: Worker[];
  spawn: () => Worker;
} {
  const workers: Worker[] = [];
  const spawn = (): Worker => {
    const worker = spawnWorker({ model, graph: graph(), threads: 1, slots: 2 });
    workers.push(worker);
    return worker;
  };
  return { workers, spawn };
}

/** No thread can read this: the error is its own bug, and ends it, as any bug would. Not within a native call. */
function crash(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage(null);
  return ended;
}

const LONG = request(chat('Count from 10 to 99.'), { maxTokens: 900 });

describe('an engine whose thread dies', () => {
  it('fails everything in flight, then answers from a new thread', async () => {
    const { workers, spawn } = spawner();
    const engine = await SupervisedEngine.start(model, spawn);
    const stories = [collect(engine, LONG), collect(engine, LONG)].map((story) =>
      story.catch((error: unknown) => error),
    );
    await engine.countPromptTokens(chat('both are under way when this is answered'));
    await crash(workers[0]!);
    for (const outcome of await Promise.all(stories))
      expect(outcome).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(textOf(await collect(engine, request(chat('Capital of Peru?'))))).toBe(
      'The capital of Peru is Lima.',
    );
    expect(workers).toHaveLength(2);
    await engine.close();
  });

  it('tries again when a new thread does not start either', async () => {
    let graph = 'onnx/model_int8.onnx';
    const { workers, spawn } = spawner(() => graph);
    const engine = await SupervisedEngine.start(model, spawn);
    graph = 'onnx/gone.onnx';
    await crash(workers[0]!);
    await expect(engine.countPromptTokens(chat('Hi'))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    graph = 'onnx/model_int8.onnx';
    expect(await engine.countPromptTokens(chat('Hi'))).toBeGreaterThan(1);
    expect(workers).toHaveLength(3);
    await engine.close();
  });

  it('waits longer after each failure in a row, up to a bound', () => {
    expect([1, 2, 3, 50].map(restartDelay)).toEqual([100, 200, 400, 30_000]);
  });
});

describe('closing an engine', () => {
  it('fails what is in flight and refuses what comes after', async () => {
    const engine = await SupervisedEngine.start(model, spawner().spawn);
    const story = collect(engine, LONG).catch((error: unknown) => error);
    await engine.countPromptTokens(chat('under way'));
    await engine.close();
    await engine.close();
    expect(await story).toMatchObject({ code: 'ENGINE_FAILED' });
    await expect(engine.countPromptTokens(chat('Hi'))).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('does not wait for a restart', async () => {
    const { workers, spawn } = spawner();
    const engine = await SupervisedEngine.start(model, spawn);
    await crash(workers[0]!);
    await engine.close();
    expect(workers).toHaveLength(1);
  });
});
