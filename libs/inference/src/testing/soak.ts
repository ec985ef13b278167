/** Many requests to one engine, and deaths of its process among them: what bench/soak and a spec measure. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Engine } from '../engine.js';
import { readModel } from '../model/model.js';
import { chooseOnnxFile } from '../model/onnx-file.js';
import { forkEngine } from '../process/engine-process.js';
import { SupervisedEngine } from '../supervised-engine.js';
import { heldNow, type Held, residentMemory } from './process-resources.js';
import { randomFrom } from './random.js';
import { act, type Endings, noEndings } from './soak-client.js';
import { type Deed, fullDeed, longDeed, randomDeed } from './soak-requests.js';

/** Requests at once: twice as many as the engine has rows, so that as many wait. */
const IN_FLIGHT = 12;
const SLOTS = 6;

/** An engine whose process can be looked at, and killed. */
export interface Patient extends AsyncDisposable {
  engine: Engine;
  /** The process that is alive, or was last. */
  child(): ChildProcess;
}

/** @param model the directory */
export async function openPatient(model: string): Promise<Patient> {
  const graph = (await chooseOnnxFile(model)).path;
  let child: ChildProcess;
  const settings = {
    model: await readModel(model),
    graph,
    threads: 1,
    slots: SLOTS,
    binding: 'auto' as const,
    provider: 'cpu' as const,
    mayShrink: false,
  };
  const engine = await SupervisedEngine.start(settings, () => (child = forkEngine()));
  return { engine, child: () => child, [Symbol.asyncDispose]: () => engine.close() };
}

/** Bytes at a moment. */
export interface MemorySample {
  /** Requests that were over, or kills. */
  done: number;
  engine: number;
  parent: number;
}

export interface Watch {
  seed: number;
  /** Called as often as requests end, or kills were survived. */
  onDone?: (done: number) => void;
  /** No request begins after it, nor is anybody killed. */
  deadline?: AbortSignal;
}

/** Has every row filled to its end, so that the memory for it, which is given when it is first written, is taken. */
export async function fillRows({ engine }: Patient): Promise<Endings> {
  const endings = noEndings();
  await Promise.all(Array.from({ length: 2 * SLOTS }, (_, at) => act(engine, fullDeed(at), endings)));
  return endings;
}

/** Runs random requests, always as many at once, and samples memory four times a second. */
export async function runRequests(
  { engine, child }: Patient,
  requests: number,
  { seed, onDone, deadline }: Watch,
): Promise<{ endings: Endings; samples: MemorySample[] }> {
  const below = randomFrom(seed);
  const endings = noEndings();
  const samples: MemorySample[] = [];
  let [begun, done] = [0, 0];
  const timer = setInterval(() => {
    collectGarbage(); // of this process: what it holds is meant, not when V8 last looked
    const memory = { engine: residentMemory(child().pid!), parent: residentMemory(process.pid) };
    if (memory.engine === undefined || memory.parent === undefined) return;
    samples.push({ done, engine: memory.engine, parent: memory.parent });
  }, 250);
  const client = async (): Promise<void> => {
    while (begun++ < requests && !deadline?.aborted) {
      await act(engine, randomDeed(below), endings);
      onDone?.(++done);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  clearInterval(timer);
  return { endings, samples };
}

export interface AfterKills {
  endings: Endings;
  /** Kills after which a new process answered. */
  survived: number;
  before: Held;
  after: Held;
  samples: MemorySample[];
}

/** Kills the engine's process in the middle of requests, again and again; each time all of them must end, and a new process answer. */
export async function runKills(
  patient: Patient,
  kills: number,
  { seed, onDone, deadline }: Watch,
): Promise<AfterKills> {
  const below = randomFrom(seed);
  const endings = noEndings();
  const samples: MemorySample[] = [];
  const before = heldNow();
  let survived = 0;
  while (survived < kills && !deadline?.aborted && endings.wrong.length === 0) {
    const child = patient.child();
    await killAmong(patient, below, endings);
    const { answered } = endings;
    // Which also tells that the new process is in no crash loop: when it dies it is replaced at once.
    await act(patient.engine, brief(below), endings);
    if (endings.answered === answered || patient.child() === child)
      endings.wrong.push('no new process answered');
    collectGarbage();
    const engine = residentMemory(patient.child().pid!) ?? 0;
    samples.push({ done: ++survived, engine, parent: residentMemory(process.pid)! });
    onDone?.(survived);
  }
  return { endings, survived, before, after: await settled(before), samples };
}

/** Fills the engine with long requests, and kills its process when some have begun. */
async function killAmong(
  { engine, child }: Patient,
  below: (limit: number) => number,
  endings: Endings,
): Promise<void> {
  let onBegun = (): void => undefined;
  const begun = new Promise<void>((resolve) => (onBegun = resolve));
  const requests = Array.from({ length: IN_FLIGHT }, () => act(engine, longDeed(below), endings, onBegun));
  // The first token may also never come.
  await Promise.race([begun, Promise.all(requests)]);
  await pause(below(150));
  child().kill('SIGKILL');
  await Promise.all(requests);
}

function brief(below: (limit: number) => number): Deed {
  const { what } = longDeed(below);
  const sampling = { ...what.sampling, maxTokens: 2 };
  return { kind: 'generate', what: { ...what, sampling }, leavesAfter: Infinity };
}

/** What this process holds once handles of what has ended are closed: Node does so a little later. */
async function settled(before: Held): Promise<Held> {
  for (let round = 0; round < 50; round++) {
    const now = heldNow();
    if (
      now.descriptors <= before.descriptors &&
      now.handles <= before.handles &&
      now.children <= before.children
    ) {
      return now;
    }
    await pause(100);
  }
  return heldNow();
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
