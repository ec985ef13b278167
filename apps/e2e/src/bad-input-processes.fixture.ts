import { readFileSync } from 'node:fs';
import { type ModuleName } from '@ganglion/contracts';
import type { Network, Program } from '@ganglion/testkit';

interface Process {
  readonly name: string;
  readonly pid: number;
}

const isProgram = (part: object): part is Program => 'metrics' in part;

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

/** Counters of all replicas of a module, added up: those whose name and labels match. */
export const counted = async (network: Network, module: ModuleName, pattern: RegExp): Promise<number> => {
  const replicas = programsOf(network).filter(({ name }) => name === module || name.startsWith(`${module}-`));
  const isModule = ({ name }: Program): boolean => !/[a-z]/.test(name.slice(module.length));
  const texts = await Promise.all(replicas.filter(isModule).map((program) => program.metrics()));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => !line.startsWith('#') && pattern.test(line))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
};
