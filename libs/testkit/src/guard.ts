import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../guard.mjs', import.meta.url));

/** The process that ends our children, and removes our temporary folders, if we are killed before we can. */
class Guard {
  #process: ChildProcess | undefined;
  readonly #watched = new Set<number>();
  #holders = 0;

  /** Keeps it running until `letGo`; returns its process id. */
  hold(): number | undefined {
    this.#holders++;
    return this.running().pid;
  }

  letGo(): void {
    this.#holders--;
    this.endIfIdle();
  }

  watch(pid: number, signal: NodeJS.Signals): void {
    this.#watched.add(pid);
    this.tell(`+${pid} ${signal}`);
  }

  forget(pid: number): void {
    this.#watched.delete(pid);
    this.tell(`-${pid}`);
    this.endIfIdle();
  }

  /** A folder to remove when its processes have ended. */
  removeLater(folder: string): void {
    this.tell(`x${folder}`);
  }

  private tell(line: string): void {
    this.running().stdin?.write(`${line}\n`);
  }

  private running(): ChildProcess {
    return (this.#process ??= this.spawn());
  }

  private endIfIdle(): void {
    if (this.#watched.size > 0 || this.#holders > 0) return;
    this.#process?.stdin?.end();
    this.#process = undefined;
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
