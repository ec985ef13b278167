import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { guard } from './guard.js';
import { childEnvironment } from './environment.js';

export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  /** Added to the few variables every child gets. */
  env?: Readonly<Record<string, string | undefined>>;
  logFile: string;
  cwd?: string;
  uid?: number | undefined;
  gid?: number | undefined;
  /** The signal that asks this program to end in order. */
  endSignal?: NodeJS.Signals;
}

/** A child process in a group of its own, whose output goes to a file and which never outlives us. */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, 'a');
    this.#process = spawn(options.command, [...options.args], {
      stdio: ['pipe', log, log],
      detached: true,
      env: childEnvironment(options.env),
      cwd: options.cwd,
      uid: options.uid,
      gid: options.gid,
    });
    closeSync(log);
    this.#process.stdin?.on('error', () => {});
    const failed = once(this.#process, 'error').then(([error]) => {
      throw new Error(`${this.name} could not be started: ${(error as Error).message}`);
    });
    const ended = once(this.#process, 'exit').then(([code, signal]) => ({ code, signal }));
    this.exited = Promise.race([ended, failed]);
    this.exited
      .then(
        (exit) => (this.#exit = exit),
        () => (this.#exit = { code: 127, signal: null }),
      )
      .finally(() => this.pid && guard.forget(this.pid));
    if (this.pid) guard.watch(this.pid, this.#options.endSignal ?? 'SIGTERM');
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** Everything it has written so far, on both streams. */
  log(): string {
    return readFileSync(this.#options.logFile, 'utf8');
  }

  /** Asks it to end and waits; after `graceMs` ends it the hard way. */
  async stop(graceMs = 10_000): Promise<void> {
    if (!this.isRunning) return;
    this.#process.kill(this.#options.endSignal ?? 'SIGTERM');
    const timer = setTimeout(() => void this.kill(), graceMs);
    await this.exited.catch(() => {});
    clearTimeout(timer);
  }

  /** SIGKILL to its whole group, and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.isRunning || !this.pid) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It went by itself in this very moment.
    }
    await this.exited.catch(() => {});
  }

  /** Waits for its end; throws with the end of its log unless the exit code is 0. */
  async succeed(): Promise<void> {
    const { code, signal } = await this.exited;
    if (code !== 0)
      throw new Error(`${this.name} ended with ${signal ?? `code ${code}`}\n${lastLines(this.log())}`);
  }
}

export const lastLines = (text: string, count = 25): string =>
  text.trimEnd().split('\n').slice(-count).join('\n');
