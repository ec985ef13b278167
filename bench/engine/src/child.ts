import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContenderProgram } from './contenders.js';
import { OUTCOME_MARK, type Job, type Outcome } from './contract.js';

const KEPT_CHARACTERS = 4_000;

const hasGroups = process.platform !== 'win32';

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(hasGroups ? -child.pid : child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself just now
  }
}

/** Runs contenders, each job in a process of its own, one at a time. */
export class Children {
  #running: ChildProcess | undefined;
  #isStopped = false;

  /** Resolves with what the program answered, or with the reason why it did not. Never rejects. */
  async run(contender: ContenderProgram, job: Job, timeoutMs: number): Promise<Outcome> {
    if (this.#isStopped) return { isGood: false, reason: 'stopped' };
    const program = fileURLToPath(new URL(contender.program, import.meta.url));
    // A group of its own, so that what the contender starts can be ended with it.
    const child = spawn(process.execPath, [program, ...contender.args], {
      stdio: 'pipe',
      detached: hasGroups,
    });
    this.#running = child;
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on(
      'data',
      (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-KEPT_CHARACTERS)),
    );
    // Its input stays open: its end would tell the child that nobody waits any more.
    child.stdin.on('error', () => undefined).write(`${JSON.stringify(job)}\n`);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill(child);
    }, timeoutMs);
    const end = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    clearTimeout(timer);
    this.#running = undefined;
    const answer = output.split('\n').find((line) => line.startsWith(OUTCOME_MARK));
    if (answer) return JSON.parse(answer.slice(OUTCOME_MARK.length)) as Outcome;
    const reason = isLate ? `no answer within ${timeoutMs / 1_000} s` : `ended with ${end}`;
    return { isGood: false, reason: `${reason}\n${errors}`.trimEnd() };
  }

  /** Ends the process that runs; every later job fails at once. */
  stop(): void {
    this.#isStopped = true;
    if (this.#running) kill(this.#running);
  }
}
