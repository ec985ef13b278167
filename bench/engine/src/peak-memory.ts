import { readdirSync, readFileSync } from 'node:fs';

interface ProcessMemory {
  parent: number;
  peakKib: number;
}

/** The largest resident memory so far, in MB of 10^6 bytes: of this process and, on Linux, of those it started. */
export function peakMemoryMb(): number {
  const own = process.resourceUsage().maxRSS;
  const all = process.platform === 'linux' ? readProcesses() : new Map<number, ProcessMemory>();
  const isOwn = (pid: number): boolean => {
    const parent = all.get(pid)?.parent;
    return parent !== undefined && (parent === process.pid || isOwn(parent));
  };
  const others = [...all].filter(([pid]) => isOwn(pid)).reduce((sum, [, memory]) => sum + memory.peakKib, 0);
  return ((own + others) * 1024) / 1e6;
}

function readProcesses(): Map<number, ProcessMemory> {
  const found = new Map<number, ProcessMemory>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      found.set(Number(name), { parent, peakKib: Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) });
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}
