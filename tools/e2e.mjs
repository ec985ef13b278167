#!/usr/bin/env node
/**
 * Runs the e2e specs: `npm run e2e` once, `npm run e2e -- --repeat 20` so often, one run after another, failures or
 * not, with a line per run; the last line counts them. Other arguments go to Jest. Of each run the full output is kept,
 * of a failed one also the logs of all its networks' processes.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { become, root, run, SetupError } from './setup/run.mjs';

const { values, tokens } = parseArgs({
  options: { repeat: { type: 'string', default: '1' } },
  strict: false,
  tokens: true,
});
const runs = Number(values.repeat);
if (!Number.isSafeInteger(runs) || runs < 1) {
  process.stderr.write('--repeat: how often to run, a whole number from 1\n');
  process.exit(2);
}
const isRepeat = ({ kind, name }) => kind === 'option' && name === 'repeat';
const own = new Set(
  tokens.filter(isRepeat).flatMap(({ index, inlineValue }) => (inlineValue ? [index] : [index, index + 1])),
);
const forJest = process.argv.slice(2).filter((_, index) => !own.has(index));
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  // First, because Jest takes whatever follows --selectProjects for a project.
  ...forJest,
  // Some specs stop processes of the network that the set-up started.
  '--runInBand',
  '--selectProjects',
  'e2e',
];

let isGivenUp = false;

/** One run into a log file; resolves with its report, or with null when Jest wrote none. */
const runOnce = (folder, env) =>
  new Promise((resolve, reject) => {
    const report = join(folder, 'report.json');
    const log = createWriteStream(join(folder, 'output.log'));
    const child = spawn(process.execPath, [...jest, '--json', `--outputFile=${report}`], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // The report comes on standard output too, in one long line; the specs are told on the other.
    child.stdout.resume();
    child.stderr.pipe(log);
    const end = (signal) => {
      isGivenUp = true;
      child.kill(signal);
    };
    process.once('SIGINT', end).once('SIGTERM', end);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', end).off('SIGTERM', end);
      try {
        resolve({ code, ...JSON.parse(readFileSync(report, 'utf8')) });
      } catch {
        resolve(null);
      }
    });
  });

const failedSpecs = ({ testResults }) =>
  testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const titles = failed.map(({ fullName }) => fullName);
    return titles.length > 0 || !message ? titles : [`${basename(name)} (did not run)`];
  });

const repeat = async () => {
  const kept = mkdtempSync(join(tmpdir(), 'ganglion-e2e-'));
  process.stdout.write(`${runs} runs; logs in ${kept}\n`);
  let flawed = 0;
  let done = 0;
  for (let number = 1; number <= runs && !isGivenUp; number++) {
    const folder = join(kept, `run-${String(number).padStart(2, '0')}`);
    const networks = join(folder, 'networks');
    mkdirSync(networks, { recursive: true });
    const started = performance.now();
    const report = await runOnce(folder, { GANGLION_KEPT_LOGS: networks });
    const seconds = Math.round((performance.now() - started) / 1_000);
    const names = report ? failedSpecs(report) : ['Jest itself'];
    const isGood = report?.success === true && report.code === 0;
    done += 1;
    if (isGood) rmSync(networks, { recursive: true, force: true });
    else flawed += 1;
    const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report ?? {};
    const outcome = isGood ? '' : `: ${names.join(' · ') || 'see its log'}`;
    process.stdout.write(`run ${number}: ${seconds} s, ${passed} passed, ${failed} failed${outcome}\n`);
  }
  process.stdout.write(`${done} runs, ${flawed} with failures\n`);
  return flawed === 0 ? 0 : 1;
};

try {
  await run('npm', ['run', '--silent', 'build']);
  process.exitCode =
    runs === 1 && values.repeat === '1' && own.size === 0 ? await become(jest) : await repeat();
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
