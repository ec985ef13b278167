import type { ChildProcess } from 'node:child_process';
import { readModel } from './model/model.js';
import { restartDelay, SupervisedEngine } from './supervised-engine.js';
import { build, chat, collect, request, textOf, TINY } from './testing/tiny-engine.js';
import { forkEngine } from './process/engine-process.js';
import type { EngineSettings } from './process/protocol.js';

let settings: EngineSettings;

beforeAll(async () => {
  build();
  const model = await readModel(TINY);
  const usual = { binding: 'auto', provider: 'cpu', mayShrink: false } as const;
  settings = { ...usual, model, graph: 'onnx/model_int8.onnx', threads: 1, slots: 2 };
});

/** Real processes, each kept so that a spec can kill it. */
function spawner(): { children: ChildProcess[]; spawn: () => ChildProcess } {
  const children: ChildProcess[] = [];
  const spawn = (): ChildProcess => {
    const child = forkEngine();
    children.push(child);
    return child;
  };
  return { children, spawn };
}

function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  return ended;
}

const LONG = request(chat('Count from 10 to 99.'), { maxTokens: 900 });

describe('an engine whose process dies', () => {
  it('fails everything in flight, then answers from a new process', async () => {
    const { children, spawn } = spawner();
    const engine = await SupervisedEngine.start(settings, spawn);
    const stories = [collect(engine, LONG), collect(engine, LONG)].map((story) =>
      story.catch((error: unknown) => error),
    );
    const claim = { ...LONG, claimed: new Array<number>(900).fill(9) };
    const score = engine.score(claim, new AbortController().signal).catch((error: unknown) => error);
    await engine.countPromptTokens(chat('all are under way when this is answered'));
    await kill(children[0]!);
    for (const outcome of await Promise.all([...stories, score]))
      expect(outcome).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(textOf(await collect(engine, request(chat('Capital of Peru?'))))).toBe(
      'The capital of Peru is Lima.',
    );
    expect(children).toHaveLength(2);
    await engine.close();
  });

  it('tries again when a new process does not start either', async () => {
    const { children, spawn } = spawner();
    const own = { ...settings };
    const engine = await SupervisedEngine.start(own, spawn);
    own.graph = 'onnx/gone.onnx';
    await kill(children[0]!);
    await expect(engine.countPromptTokens(chat('Hi'))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    own.graph = settings.graph;
    expect(await engine.countPromptTokens(chat('Hi'))).toBeGreaterThan(1);
    expect(children).toHaveLength(3);
    await engine.close();
  });

  it('waits longer after each failure in a row, up to a bound', () => {
    expect([1, 2, 3, 50].map(restartDelay)).toEqual([100, 200, 400, 30_000]);
  });
});

describe('closing an engine', () => {
  it('fails what is in flight and refuses what comes after', async () => {
    const engine = await SupervisedEngine.start(settings, spawner().spawn);
    const story = collect(engine, LONG).catch((error: unknown) => error);
    await engine.countPromptTokens(chat('under way'));
    await engine.close();
    await engine.close();
    expect(await story).toMatchObject({ code: 'ENGINE_FAILED' });
    await expect(engine.countPromptTokens(chat('Hi'))).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('does not wait for a restart', async () => {
    const { children, spawn } = spawner();
    const engine = await SupervisedEngine.start(settings, spawn);
    await kill(children[0]!);
    await engine.close();
    expect(children).toHaveLength(1);
  });
});
