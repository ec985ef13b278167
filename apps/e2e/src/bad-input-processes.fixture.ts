import { readFileSync } from 'node:fs';
import type { Network, Program } from '@ganglion/testkit';

interface Process {
  readonly name: string;
  readonly pid: number;
}

const isProgram = (part: object): part is Program => 'metricsUrl' in part;

/** Our own programs; the servers are not ours. */
const programsOf = (network: Network): Program[] =>
  [...network.processes.values()].filter((part): part is Program => isProgram(part));

/** Which processes there are: the same ones afterwards, or one has ended. */
export const processesOf = (network: Network): Process[] =>
  programsOf(network).map(({ name, pid, isRunning }) => ({ name, pid: isRunning ? (pid ?? 0) : 0 }));

/** Resident memory of each process, in MB. */
export const memoryOf = (network: Network): Map<string, number> =>
  new Map(processesOf(network).map(({ name, pid }) => [name, residentMb(pid)]));

const residentMb = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1_024);
};

/** What stands in a log and must not: errors by their level, and whatever a crash writes past the logger. */
export const errorsIn = (network: Network): string[] =>
  programsOf(network).flatMap((program) =>
    program
      .log()
      .split('\n')
      .filter((line) => line !== '' && !isHarmless(line))
      .map((line) => `${program.name}: ${line.slice(0, 600)}`),
  );

const isHarmless = (line: string): boolean => {
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    return level === 'info' || level === 'debug' || level === 'warn' || level === 'trace';
  } catch {
    return !/^\s+at |Error\b|Unhandled|^node:/.test(line);
  }
};
