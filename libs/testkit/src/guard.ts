import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../guard.mjs', import.meta.url));

/** The process that ends our children if we are killed before we can. */
class Guard {
  #process: ChildProcess | undefined;

  /** Starts it unless it runs; returns its process id. */
  start(): number | undefined {
    this.#process ??= this.spawn();
    return this.#process.pid;
  }

  watch(pid: number, signal: NodeJS.Signals): void {
    this.start();
    this.#process?.stdin?.write(`+${pid} ${signal}\n`);
  }

  forget(pid: number): void {
    this.#process?.stdin?.write(`-${pid}\n`);
  }

  private spawn(): ChildProcess {
    // A group of its own: Ctrl-C in a terminal goes to the whole group, and the guard must outlive us.
    const child = spawn(process.execPath, [program], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    child.stdin?.on('error', () => {});
    // Neither keeps us alive: when we end, its input ends, and it has nobody left to end.
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    return child;
  }
}

export const guard = new Guard();
