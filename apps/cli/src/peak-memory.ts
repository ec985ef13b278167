import { readdirSync, readFileSync } from 'node:fs';

/**
 * The most memory that this process and those it started (an engine may run in its own) have had at once, at most:
 * the sum of their peaks. @returns bytes
 */
export const peakMemory = (): number => {
  const own = process.resourceUsage().maxRSS * 1024;
  return own + descendants(process.pid).reduce((sum, pid) => sum + peakOf(pid), 0);
};

/** Where the system has no /proc, none. */
const descendants = (pid: number): number[] => {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
};

const peakOf = (pid: number): number => {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0; // it has ended
  }
};
