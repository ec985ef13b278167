import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GeneratedToken, GenerateRequest, Prompt, Score, ScoreRequest } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { Channel } from './channel.js';
import type { Command, EngineSettings, Problem, Readiness, Report } from './protocol.js';

/** Starts the process; the only place that knows where its program is. */
export function forkEngine(): ChildProcess {
  // From source, as specs run, there is no JavaScript beside this file.
  const isSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(
    new URL(isSource ? '../../dist/process/main.js' : './main.js', import.meta.url),
  );
  if (!existsSync(program)) {
    throw new InferenceError('ENGINE_FAILED', 'the engine is not built: run `npx tsc -b libs/inference`');
  }
  // The process's own flags are not for it: `--input-type`, say, would stop it from starting.
  return fork(program, { execArgv: [], serialization: 'advanced' });
}

/** What the process answers to one command, as it comes. */
export interface Stream<T> {
  answers: Channel<T>;
  /** Ends the answers here and the work there; after the end it does nothing. */
  cancel(): void;
}

type Exchange = Channel<GeneratedToken> | Channel<Score> | Channel<number>;

/** One life of the engine's process. When it dies, everything in flight fails, and `died` resolves with the reason. */
export class EngineProcess {
  readonly readiness: Readiness;
  readonly died: Promise<InferenceError>;
  /** True once a completion ended well: the process is not in a crash loop. */
  hasServed = false;
  readonly #child: ChildProcess;
  readonly #open = new Map<number, Exchange>();
  #nextId = 1;

  private constructor(child: ChildProcess, readiness: Readiness) {
    this.#child = child;
    this.readiness = readiness;
    child.on('message', (report: Report) => this.#hear(report));
    this.died = new Promise((resolve) => {
      const die = (reason: string): void => {
        const error = new InferenceError('ENGINE_FAILED', `the engine's process died: ${reason}`);
        for (const channel of this.#open.values()) channel.end(error);
        this.#open.clear();
        resolve(error);
      };
      child.on('error', (cause) => die(cause.message));
      child.on('exit', (code, signal) => die(endOf(code, signal)));
    });
  }

  /** Resolves when the model is loaded. @throws InferenceError MODEL_INVALID, ENGINE_FAILED */
  static async start(child: ChildProcess, settings: EngineSettings): Promise<EngineProcess> {
    send(child, { kind: 'load', settings });
    const heard = await new Promise<Report>((resolve, reject) => {
      child.once('error', (cause) => reject(new InferenceError('ENGINE_FAILED', cause.message)));
      child.once('exit', (code, signal) => {
        const problem = `the engine's process ended while it loaded: ${endOf(code, signal)}`;
        reject(new InferenceError('ENGINE_FAILED', problem));
      });
      child.once('message', resolve);
    });
    if (heard.kind === 'ready') return new EngineProcess(child, heard);
    child.kill('SIGKILL');
    throw heard.kind === 'refused' ? errorOf(heard.problem) : new InferenceError('ENGINE_FAILED', heard.kind);
  }

  generate(request: GenerateRequest): Stream<GeneratedToken> {
    const answers = new Channel<GeneratedToken>();
    const id = this.#ask(answers, (exchange) => ({ kind: 'generate', id: exchange, request }));
    return { answers, cancel: () => this.#cancel(id) };
  }

  /** One answer, or none after a cancel. */
  score(request: ScoreRequest): Stream<Score> {
    const answers = new Channel<Score>();
    const id = this.#ask(answers, (exchange) => ({ kind: 'score', id: exchange, request }));
    return { answers, cancel: () => this.#cancel(id) };
  }

  async count(prompt: Prompt): Promise<number> {
    const answers = new Channel<number>();
    this.#ask(answers, (id) => ({ kind: 'count', id, prompt }));
    for await (const tokens of answers) return tokens;
    throw new InferenceError('ENGINE_FAILED', "the engine's process gave no answer");
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL'); // it owns nothing that would have to be put in order
    await this.died;
  }

  #cancel(id: number): void {
    this.#open.get(id)?.end();
    if (this.#open.delete(id)) send(this.#child, { kind: 'cancel', id });
  }

  #ask(channel: Exchange, command: (id: number) => Command): number {
    const id = this.#nextId++;
    this.#open.set(id, channel);
    send(this.#child, command(id));
    return id;
  }

  #hear(report: Report): void {
    if (!('id' in report)) return;
    const channel = this.#open.get(report.id); // absent: cancelled while the report was under way
    if (!channel) return;
    if (report.kind === 'token') (channel as Channel<GeneratedToken>).push(report.token);
    if (report.kind === 'counted') (channel as Channel<number>).push(report.tokens);
    if (report.kind === 'scored') (channel as Channel<Score>).push(report.score);
    if (report.kind === 'ended' || report.kind === 'scored') this.hasServed = true;
    if (report.kind !== 'token') this.#open.delete(report.id);
    if (report.kind !== 'token') channel.end(report.kind === 'failed' ? errorOf(report.problem) : undefined);
  }
}

/** To a process that has just died nothing can be said; its exit is heard next. */
function send(child: ChildProcess, command: Command): void {
  child.send(command, () => undefined);
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

function errorOf({ code, message, field }: Problem): InferenceError {
  return new InferenceError(code, message, field);
}
