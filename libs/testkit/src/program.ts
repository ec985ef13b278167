import { Child, type ChildOptions, lastLines } from './child.js';
import { eventually } from './eventually.js';
import type { Part } from './part.js';

export interface ProgramOptions extends Omit<ChildOptions, 'command' | 'args'> {
  /** The JavaScript file that Node runs. */
  file: string;
  args?: readonly string[];
  /** Answers 200 when the program is ready. */
  readyUrl: string;
  readyTimeoutMs?: number;
}

/** One of our own Node programs, with a health endpoint. */
export class Program implements Part {
  readonly name: string;
  #child: Child | undefined;
  #isWanted = false;
  /** Called when it ends without having been asked to. */
  onUnexpectedEnd: (program: Program, why: string) => void = () => {};

  constructor(private readonly options: ProgramOptions) {
    this.name = options.name;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  log(): string {
    return this.#child?.log() ?? '';
  }

  /** Starts the process; `ready` tells when it can serve. */
  start(): void {
    const { file, args = [], ...options } = this.options;
    const env = { ...options.env, EXIT_WITH_PARENT: 'true' };
    const child = new Child({ ...options, env, command: process.execPath, args: [file, ...args] });
    this.#child = child;
    this.#isWanted = true;
    const end = (why: string): void => {
      if (this.#isWanted && this.#child === child) this.onUnexpectedEnd(this, why);
    };
    child.exited.then(
      ({ code, signal }) => end(signal ?? `code ${code}`),
      (error: unknown) => end(String(error)),
    );
  }

  /** Waits until it is ready. Throws with the end of its log if it ends, or is not ready in time. */
  async ready(): Promise<void> {
    const { readyUrl, readyTimeoutMs = 90_000 } = this.options;
    const child = this.#child;
    if (!child) throw new Error(`${this.name} was not started`);
    let lastAnswer = 'no answer';
    try {
      await eventually(
        async () => {
          if (!child.isRunning) return 'ended';
          const response = await fetch(readyUrl, { signal: AbortSignal.timeout(5_000) });
          lastAnswer = `${response.status} ${(await response.text()).slice(0, 500)}`;
          return response.ok && 'ready';
        },
        { timeoutMs: readyTimeoutMs, everyMs: 100 },
      );
    } catch {
      throw this.failure(`is not ready after ${Math.round(readyTimeoutMs / 1_000)} s (${lastAnswer})`);
    }
    if (!child.isRunning) throw this.failure('ended while starting');
  }

  /** Where it tells its Prometheus metrics. */
  get metricsUrl(): string {
    return new URL('/metrics', this.options.readyUrl).href;
  }

  /** What it says of its readiness: the HTTP status, and which of its checks hold. */
  async readiness(): Promise<{ status: number; checks: Record<string, boolean> }> {
    // A connection that was kept may be closed by the other side just when it is used again.
    const headers = { connection: 'close' };
    const response = await fetch(this.options.readyUrl, { headers, signal: AbortSignal.timeout(10_000) });
    const { checks } = (await response.json()) as { checks: Record<string, boolean> };
    return { status: response.status, checks };
  }

  async run(): Promise<void> {
    this.start();
    await this.ready();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#child?.stop(25_000);
  }

  async kill(): Promise<void> {
    this.#isWanted = false;
    await this.#child?.kill();
  }

  private failure(what: string): Error {
    return new Error(`${this.name} ${what}. The end of ${this.options.logFile}:\n${lastLines(this.log())}`);
  }
}
