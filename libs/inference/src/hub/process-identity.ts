import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** A process, told apart from others that have had its number. */
export const processIdentity = z.object({
  pid: z.number().int().positive(),
  /** Ticks after the machine's start; null where the system does not say. */
  startedAt: z.string().nullable(),
  /** Where the number means something: this start of this machine, this container. */
  place: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid), place: place() };
}

/** Whether a process lives; undefined when that cannot be told from here. */
export function isAlive({ pid, startedAt, place: where }: ProcessIdentity): boolean | undefined {
  if (where !== place()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process cannot be signalled, but is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const since = startOf(pid);
  return startedAt === null || since === null ? undefined : since === startedAt;
}

function place(): string {
  const parts = [read('/proc/sys/kernel/random/boot_id')?.trim(), link('/proc/self/ns/pid')];
  return [hostname(), ...parts.filter((part) => part !== undefined)].join(' ');
}

/** Field 22 of Linux's /proc/<pid>/stat; its second field may hold spaces and brackets. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
