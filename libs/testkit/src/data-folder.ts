import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { preferPort } from './free-port.js';
import { guard } from './guard.js';

const lock = z.object({ pid: z.int(), guard: z.int().optional() });
const ports = z.object({ nats: z.int(), postgres: z.int() });
export type Ports = z.infer<typeof ports>;

/** The children of a killed launcher are ended by its guard within this time. */
const GUARD_MS = 15_000;

const isAlive = (pid: number | undefined): boolean => {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Where a network keeps its files; one network at a time. */
export class DataFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = resolve(path);
  }

  /** Without a path: a temporary folder. Throws an error that names the folder and the remedy if another network uses it. */
  static async open(path?: string): Promise<DataFolder> {
    const folder = new DataFolder(path ?? (await mkdtemp(join(tmpdir(), 'ganglion-'))));
    const isNew = (await mkdir(folder.path, { recursive: true })) !== undefined;
    // The database runs as another user when we are root, and must get through to its own folder.
    if (isNew) await chmod(folder.path, 0o711);
    await folder.lock();
    if (path === undefined) guard.removeLater(folder.path);
    return folder;
  }

  in(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  logFile(name: string): string {
    return this.in('logs', `${name}.log`);
  }

  secrets(module: string, ...parts: string[]): string {
    return this.in('secrets', module, ...parts);
  }

  async secret(module: string, name: string): Promise<string> {
    return (await readFile(this.secrets(module, name), 'utf8')).trim();
  }

  /** The servers' ports of the last time if they are free: miners elsewhere remember them. */
  async ports(): Promise<Ports> {
    const kept = ports.safeParse(await this.readJson('ports.json')).data;
    const chosen = { nats: await preferPort(kept?.nats), postgres: await preferPort(kept?.postgres) };
    await this.replace('ports.json', JSON.stringify(chosen));
    return chosen;
  }

  /** The logs of the last run are kept beside; those before it are gone. */
  async turnLogs(): Promise<void> {
    await rm(this.in('logs.previous'), { recursive: true, force: true });
    await rename(this.in('logs'), this.in('logs.previous')).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  /** Replaces a file whole: whoever reads it at that moment sees the old or the new one. */
  async replace(name: string, text: string): Promise<void> {
    await writeFile(this.in(`${name}.new`), text);
    await rename(this.in(`${name}.new`), this.in(name));
  }

  async release(): Promise<void> {
    await rm(this.in('lock'), { force: true });
    guard.letGo();
  }

  /** Removes a temporary folder. */
  async remove(): Promise<void> {
    await this.release();
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  private async readJson(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.in(name), 'utf8'));
    } catch {
      return undefined;
    }
  }

  private async lock(): Promise<void> {
    const mine = JSON.stringify({ pid: process.pid, guard: guard.hold() });
    for (const deadline = Date.now() + GUARD_MS; ;) {
      const taken = await writeFile(this.in('lock'), mine, { flag: 'wx' }).then(
        () => false,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
          return true;
        },
      );
      if (!taken) return;
      const holder = lock.safeParse(await this.readJson('lock')).data;
      if (isAlive(holder?.pid)) {
        guard.letGo();
        throw new Error(
          `${this.path} is in use by the network of process ${holder?.pid}. Stop that one, or choose another ` +
            `folder with --data. (If it is no network, delete ${this.in('lock')}.)`,
        );
      }
      if (!isAlive(holder?.guard) || Date.now() > deadline) await rm(this.in('lock'), { force: true });
      else await delay(100);
    }
  }
}
