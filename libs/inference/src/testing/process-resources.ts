/** What a process holds, as Linux tells in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of memory that are there now; undefined when the process has ended. */
export function residentMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

export interface Held {
  /** Open file descriptors. */
  descriptors: number;
  /** Sockets, pipes, processes and servers that keep Node's event loop alive. */
  handles: number;
  /** Processes started by this one that have not been reaped. */
  children: number;
}

/** What this process holds. */
export function heldNow(): Held {
  const tasks = readdirSync('/proc/self/task');
  const childrenOf = (task: string): string =>
    readFileSync(`/proc/self/task/${task}/children`, { encoding: 'utf8', flag: 'r' });
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    handles: (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles().length,
    children: tasks.flatMap((task) => childrenOf(task).split(' ').filter(Boolean)).length,
  };
}
