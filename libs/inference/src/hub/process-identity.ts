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
  return { pid: process.pid, startedAt: statOf(process.pid)?.startedAt ?? null, place: place() };
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
  const now = statOf(pid);
  // Dead, and its parent has not asked how: still there for a signal.
  if (now?.state === 'Z') return false;
  return startedAt === null || now === undefined ? undefined : now.startedAt === startedAt;
}

function place(): string {
  const parts = [read('/proc/sys/kernel/random/boot_id')?.trim(), link('/proc/self/ns/pid')];
  return [hostname(), ...parts.filter((part) => part !== undefined)].join(' ');
}

/** Fields 3 and 22 of Linux's /proc/<pid>/stat; its second field may hold spaces and brackets. */
function statOf(pid: number): { state: string; startedAt: string } | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[19] === undefined ? undefined : { state: fields[0]!, startedAt: fields[19] };
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
