import { readFileSync } from 'node:fs';
import type { Network, Program } from '@ganglion/testkit';

interface Process {
  readonly name: string;
  readonly pid: number;
}

const isProgram = (part: object): part is Program => 'metricsUrl' in part;

/** Our own programs that run; the servers are not ours. */
const programsOf = (network: Network): Program[] =>
  [...network.processes.values()].filter((part): part is Program => isProgram(part) && part.isRunning);

/** Which processes there are: the same ones afterwards, or one has ended. */
export const processesOf = (network: Network): Process[] =>
  programsOf(network).map(({ name, pid }) => ({ name, pid: pid ?? 0 }));

/** Resident memory of each process, in MB. */
export const memoryOf = (network: Network): Map<string, number> =>
  new Map(processesOf(network).map(({ name, pid }) => [name, residentMb(pid)]));

const residentMb = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1_024);
};

/** How much each program has logged until now. */
export const logged = (network: Network): Map<string, number> =>
  new Map(programsOf(network).map((program) => [program.name, program.log().length]));

/** What has been logged since and must not be: errors by their level, and whatever a crash writes past the logger. */
export const errorsIn = (network: Network, since: ReadonlyMap<string, number>): string[] =>
  programsOf(network).flatMap((program) =>
    program
      .log()
      .slice(since.get(program.name))
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
