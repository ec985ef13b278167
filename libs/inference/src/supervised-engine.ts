import type { Worker } from 'node:worker_threads';
import type { Engine, GeneratedToken, GenerateRequest, ModelInfo, Prompt } from './engine.js';
import { InferenceError } from './inference-error.js';
import { InferenceThread } from './thread/inference-thread.js';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;

/** Milliseconds to wait before the nth restart in a row, n from 1. */
export function restartDelay(n: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (n - 1));
}

/** An engine over one thread at a time: when it dies, another is started, later after each failure in a row. */
export class SupervisedEngine implements Engine {
  readonly model: ModelInfo;
  readonly determinismClass: string;
  readonly #spawn: () => Worker;
  #thread: Promise<InferenceThread>;
  #failures = 0;
  #isClosed = false;
  #endWait: (() => void) | undefined;

  private constructor(model: ModelInfo, spawn: () => Worker, thread: InferenceThread) {
    this.model = model;
    this.determinismClass = thread.determinismClass;
    this.#spawn = spawn;
    this.#thread = Promise.resolve(thread);
    void this.#watch(thread);
  }

  /** @throws InferenceError MODEL_INVALID, ENGINE_FAILED: the first start is not tried again */
  static async start(model: ModelInfo, spawn: () => Worker): Promise<SupervisedEngine> {
    return new SupervisedEngine(model, spawn, await InferenceThread.start(spawn()));
  }

  async countPromptTokens(prompt: Prompt): Promise<number> {
    return (await this.#running()).count(prompt);
  }

  async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    if (signal.aborted) return;
    const thread = await this.#running();
    if (signal.aborted) return;
    const stream = thread.generate(request);
    signal.addEventListener('abort', stream.cancel, { once: true });
    try {
      yield* stream.tokens;
    } finally {
      signal.removeEventListener('abort', stream.cancel);
      stream.cancel(); // a reader that stops early wants no more computed either
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endWait?.();
    const thread = await this.#thread.catch(() => undefined);
    await thread?.close();
  }

  /** The thread, or the one that is being started in its place. */
  #running(): Promise<InferenceThread> {
    if (this.#isClosed) return Promise.reject(new InferenceError('ENGINE_FAILED', 'the engine is closed'));
    return this.#thread;
  }

  async #watch(thread: InferenceThread): Promise<void> {
    await thread.died;
    if (this.#isClosed) return;
    this.#failures = thread.hasServed ? 1 : this.#failures + 1;
    this.#thread = this.#restart();
    // Who waits for the thread hears of a failure; nobody waiting must not end the process.
    this.#thread.catch(() => undefined);
  }

  async #restart(): Promise<InferenceThread> {
    await this.#wait(restartDelay(this.#failures));
    if (this.#isClosed) throw new InferenceError('ENGINE_FAILED', 'the engine is closed');
    try {
      const thread = await InferenceThread.start(this.#spawn());
      void this.#watch(thread);
      return thread;
    } catch (error) {
      this.#failures++;
      this.#thread = this.#restart();
      this.#thread.catch(() => undefined);
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
