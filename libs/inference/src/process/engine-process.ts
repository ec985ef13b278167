import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { GeneratedToken, GenerateRequest, Prompt } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { Channel } from './channel.js';
import { NativeGate, newGateState } from './native-gate.js';
import type { Command, Problem, Report, ThreadSettings } from './protocol.js';

/** Starts the thread's program; the only place that knows where it is. */
export function spawnWorker(settings: Omit<ThreadSettings, 'gate'>): Worker {
  // From source, as specs run, there is no JavaScript beside this file: a thread cannot share Jest's transform.
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(isSource ? '../../dist/thread/worker.js' : './worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) {
    throw new InferenceError(
      'ENGINE_FAILED',
      'the inference thread is not built: run `npx tsc -b libs/inference`',
    );
  }
  const gate = newGateState();
  const workerData: ThreadSettings = { ...settings, gate };
  // The process's own flags are not for it: `--input-type`, say, would stop it from starting.
  const worker = new Worker(url, { workerData, execArgv: [], name: `inference ${settings.model.id}` });
  // A process that exits ends its threads wherever they are.
  const leave = (): void => new NativeGate(gate).close();
  process.once('exit', leave);
  worker.once('exit', () => process.off('exit', leave));
  return worker;
}

export interface Stream {
  tokens: Channel<GeneratedToken>;
  cancel(): void;
}

/** One life of the thread. When it dies, everything in flight fails, and `died` resolves with the reason. */
export class InferenceThread {
  readonly determinismClass: string;
  readonly died: Promise<InferenceError>;
  /** True once a completion ended well: the thread is not in a crash loop. */
  hasServed = false;
  readonly #worker: Worker;
  readonly #open = new Map<number, Channel<GeneratedToken> | Channel<number>>();
  #nextId = 1;

  private constructor(worker: Worker, determinismClass: string) {
    this.#worker = worker;
    this.determinismClass = determinismClass;
    worker.on('message', (report: Report) => this.#hear(report));
    this.died = new Promise((resolve) => {
      const die = (reason: string): void => {
        const error = new InferenceError('ENGINE_FAILED', `the inference thread died: ${reason}`);
        for (const channel of this.#open.values()) channel.end(error);
        this.#open.clear();
        resolve(error);
      };
      worker.on('error', (cause) => die(cause.message));
      worker.on('exit', (code) => die(`exit code ${code}`));
    });
  }

  /** Resolves when the model is loaded. @throws InferenceError MODEL_INVALID, ENGINE_FAILED */
  static async start(worker: Worker): Promise<InferenceThread> {
    const ready = await new Promise<Report & { kind: 'ready' }>((resolve, reject) => {
      worker.once('error', (cause) => reject(new InferenceError('ENGINE_FAILED', cause.message)));
      worker.once('exit', (code) =>
        reject(new InferenceError('ENGINE_FAILED', `the thread ended with ${code}`)),
      );
      worker.once('message', (report: Report) => {
        if (report.kind === 'ready') resolve(report);
        if (report.kind === 'refused') reject(errorOf(report.problem));
      });
    });
    return new InferenceThread(worker, ready.determinismClass);
  }

  generate(request: GenerateRequest): Stream {
    const tokens = new Channel<GeneratedToken>();
    const id = this.#ask(tokens, (exchange) => ({ kind: 'generate', id: exchange, request }));
    const cancel = (): void => {
      if (!this.#open.delete(id)) return;
      tokens.end();
      this.#send({ kind: 'cancel', id });
    };
    return { tokens, cancel };
  }

  async count(prompt: Prompt): Promise<number> {
    const answers = new Channel<number>();
    this.#ask(answers, (id) => ({ kind: 'count', id, prompt }));
    for await (const tokens of answers) return tokens;
    throw new InferenceError('ENGINE_FAILED', 'the inference thread gave no answer');
  }

  async close(): Promise<void> {
    this.#send({ kind: 'close' });
    await this.died;
  }

  #ask(channel: Channel<GeneratedToken> | Channel<number>, command: (id: number) => Command): number {
    const id = this.#nextId++;
    this.#open.set(id, channel);
    this.#send(command(id));
    return id;
  }

  #send(command: Command): void {
    this.#worker.postMessage(command);
  }

  #hear(report: Report): void {
    if (!('id' in report)) return;
    const channel = this.#open.get(report.id); // absent: cancelled while the report was under way
    if (!channel) return;
    if (report.kind === 'token') (channel as Channel<GeneratedToken>).push(report.token);
    if (report.kind === 'counted') (channel as Channel<number>).push(report.tokens);
    if (report.kind === 'ended') this.hasServed = true;
    if (report.kind !== 'token') this.#open.delete(report.id);
    if (report.kind !== 'token') channel.end(report.kind === 'failed' ? errorOf(report.problem) : undefined);
  }
}

function errorOf({ code, message, field }: Problem): InferenceError {
  return new InferenceError(code, message, field);
}
