import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../guard.mjs', import.meta.url));

/** The process that ends our children if we are killed before we can. */
class Guard {
  #process: ChildProcess | undefined;
  readonly #watched = new Set<number>();

  watch(pid: number, signal: NodeJS.Signals): void {
    this.#process ??= this.start();
    this.#watched.add(pid);
    this.#process.stdin?.write(`+${pid} ${signal}\n`);
  }

  forget(pid: number): void {
    this.#watched.delete(pid);
    this.#process?.stdin?.write(`-${pid}\n`);
    if (this.#watched.size > 0) return;
    this.#process?.stdin?.end();
    this.#process = undefined;
  }

  private start(): ChildProcess {
    // A group of its own: Ctrl-C in a terminal goes to the whole group, and the guard must outlive us.
    const child = spawn(process.execPath, [program], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    child.stdin?.on('error', () => {});
    child.unref();
    (child.stdin as { unref?: () => void } | null)?.unref?.();
    return child;
  }
}

export const guard = new Guard();
