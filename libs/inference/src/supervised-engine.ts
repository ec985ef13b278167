import type { ChildProcess } from 'node:child_process';
import type {
  BindingName,
  Engine,
  GeneratedToken,
  GenerateRequest,
  ModelInfo,
  Prompt,
  Score,
  ScoreRequest,
} from './engine.js';
import { InferenceError } from './inference-error.js';
import { EngineProcess } from './process/engine-process.js';
import type { EngineSettings } from './process/protocol.js';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;

/** Milliseconds to wait before the nth restart in a row, n from 1. */
export function restartDelay(n: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (n - 1));
}

/** An engine over one process at a time: when it dies, another is started, later after each failure in a row. */
export class SupervisedEngine implements Engine {
  readonly model: ModelInfo;
  readonly determinismClass: string;
  readonly binding: BindingName;
  readonly notices: readonly string[];
  readonly #start: () => Promise<EngineProcess>;
  #process: Promise<EngineProcess>;
  #failures = 0;
  #isClosed = false;
  #endWait: (() => void) | undefined;

  private constructor(model: ModelInfo, start: () => Promise<EngineProcess>, process: EngineProcess) {
    const { determinismClass, binding, notices } = process.readiness;
    this.model = model;
    this.determinismClass = determinismClass;
    this.binding = binding;
    this.notices = notices;
    this.#start = start;
    this.#process = Promise.resolve(process);
    void this.#watch(process);
  }

  /** @throws InferenceError MODEL_INVALID, ENGINE_FAILED: the first start is not tried again */
  static async start(settings: EngineSettings, spawn: () => ChildProcess): Promise<SupervisedEngine> {
    const first = await EngineProcess.start(spawn(), settings);
    // What was declared once holds for every later process.
    const { contextLength } = first.readiness;
    const model = { ...settings.model, contextLength };
    const restart = (): Promise<EngineProcess> =>
      EngineProcess.start(spawn(), { ...settings, model, mayShrink: false });
    return new SupervisedEngine(model, restart, first);
  }

  async countPromptTokens(prompt: Prompt): Promise<number> {
    return (await this.#running()).count(prompt);
  }

  async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    if (signal.aborted) return;
    const process = await this.#running();
    if (signal.aborted) return;
    const stream = process.generate(request);
    signal.addEventListener('abort', stream.cancel, { once: true });
    try {
      yield* stream.answers;
    } finally {
      signal.removeEventListener('abort', stream.cancel);
      stream.cancel(); // a reader that stops early wants no more computed either
    }
  }

  async score(request: ScoreRequest, signal: AbortSignal): Promise<Score> {
    const cancelled = (): InferenceError => new InferenceError('CANCELLED', 'the score was cancelled');
    if (signal.aborted) throw cancelled();
    const process = await this.#running();
    if (signal.aborted) throw cancelled();
    const { answers, cancel } = process.score(request);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const score of answers) return score;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
    throw cancelled();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endWait?.();
    const process = await this.#process.catch(() => undefined);
    await process?.close();
  }

  /** The process, or the one that is being started in its place. */
  #running(): Promise<EngineProcess> {
    if (this.#isClosed) return Promise.reject(new InferenceError('ENGINE_FAILED', 'the engine is closed'));
    return this.#process;
  }

  async #watch(process: EngineProcess): Promise<void> {
    await process.died;
    if (this.#isClosed) return;
    this.#failures = process.hasServed ? 1 : this.#failures + 1;
    this.#process = this.#restart();
    // Who waits for the process hears of a failure; nobody waiting must not end this one.
    this.#process.catch(() => undefined);
  }

  async #restart(): Promise<EngineProcess> {
    await this.#wait(restartDelay(this.#failures));
    if (this.#isClosed) throw new InferenceError('ENGINE_FAILED', 'the engine is closed');
    try {
      const process = await this.#start();
      void this.#watch(process);
      return process;
    } catch (error) {
      this.#failures++;
      this.#process = this.#restart();
      this.#process.catch(() => undefined);
      throw error;
    }
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
