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
import { halfFlags, halves, jest, runHalves } from './jest-runs.mjs';
import { root, run, SetupError } from './setup/run.mjs';

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
let isGivenUp = false;

/** One half of a run into a log file; resolves with its report, or with null when Jest wrote none. */
const runHalf = (half, folder, env) =>
  new Promise((resolve, reject) => {
    const report = join(folder, `${half}.json`);
    const log = createWriteStream(join(folder, `${half}.log`));
    const flags = [...forJest, '--json', `--outputFile=${report}`, ...halfFlags(half)];
    const child = spawn(process.execPath, jest(flags), {
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
    const env = { GANGLION_KEPT_LOGS: networks };
    const reports = await Promise.all(halves.map((half) => runHalf(half, folder, env)));
    const seconds = Math.round((performance.now() - started) / 1_000);
    const names = reports.flatMap((report) => (report ? failedSpecs(report) : ['Jest itself']));
    const isGood = reports.every((report) => report?.success === true && report.code === 0);
    done += 1;
    if (isGood) rmSync(networks, { recursive: true, force: true });
    else flawed += 1;
    const sum = (of) => reports.reduce((total, report) => total + (report?.[of] ?? 0), 0);
    const [passed, failed] = [sum('numPassedTests'), sum('numFailedTests')];
    const outcome = isGood ? '' : `: ${names.join(' · ') || 'see its log'}`;
    process.stdout.write(`run ${number}: ${seconds} s, ${passed} passed, ${failed} failed${outcome}\n`);
  }
  process.stdout.write(`${done} runs, ${flawed} with failures\n`);
  return flawed === 0 ? 0 : 1;
};

try {
  await run('npm', ['run', '--silent', 'build']);
  process.exitCode =
    runs === 1 && values.repeat === '1' && own.size === 0 ? await runHalves(() => forJest) : await repeat();
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
