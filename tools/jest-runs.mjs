import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { become, root } from './setup/run.mjs';

/** Jest as Node runs it, with these arguments. */
export const jest = (flags) => [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  `--rootDir=${root}`,
  `--config=${join(root, 'jest.config.mjs')}`,
  // First, because Jest takes whatever follows --selectProjects for a project.
  ...flags,
];

/**
 * The two halves of the e2e specs, which run at the same time: those that use the shared network, one after another,
 * since some of them stop its processes; and those with a network of their own.
 */
export const halves = ['e2e', 'networks'];

export const halfFlags = (half) => ['--passWithNoTests', '--runInBand', '--selectProjects', half];

/** Runs a program without a terminal; resolves with its exit code and all it wrote. It is told to end when we are. */
const collect = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const end = () => child.kill('SIGTERM');
    process.on('SIGTERM', end).on('SIGHUP', end);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGTERM', end).off('SIGHUP', end);
      resolve({ code: code ?? 1, output });
    });
  });

/** Runs both halves, the second one told of when the first has ended. Resolves with the exit code of a bad one, if any. */
export const runHalves = async (flagsOf) => {
  const [shared, own] = halves.map((half) => jest([...flagsOf(half), ...halfFlags(half)]));
  const beside = collect(own);
  const code = await become(shared);
  const { code: other, output } = await beside;
  process.stdout.write(output);
  return code || other;
};
