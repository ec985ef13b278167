#!/usr/bin/env node
/**
 * Sets the clone up and runs the specs: unit, then service (with real servers), then e2e (a whole network). Arguments go
 * to Jest: `npm test -- libs/commitment`. The last line counts them all.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Narrator } from './setup/narrator.mjs';
import { halves, jest, runHalves } from './jest-runs.mjs';
import { become, SetupError } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

// Service specs wait for servers more than they compute: two at once, also on two processors.
const atOnce = Math.max(2, Math.floor(availableParallelism() / 2));
const workers = { unit: '--maxWorkers=100%', service: `--maxWorkers=${atOnce}` };

const narrator = new Narrator();
try {
  await setUp(narrator);
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : error.stack);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'ganglion-test-'));
const total = { passed: 0, failed: 0 };
let isGood = true;
const reportOf = (project) => join(folder, `${project}.json`);
const flagsOf = (project) => ['--json', `--outputFile=${reportOf(project)}`, ...process.argv.slice(2)];

const count = (project, code) => {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(reportOf(project), 'utf8'),
    );
    total.passed += numPassedTests;
    total.failed += numFailedTests + numRuntimeErrorTestSuites;
  } catch {
    // Jest ended before it could count: the run has failed, whatever it ran.
    total.failed += code === 0 ? 0 : 1;
  }
};

const stages = [
  ...Object.entries(workers).map(([project, limit]) => ({
    name: project,
    projects: [project],
    run: () => become(jest([...flagsOf(project), '--passWithNoTests', limit, '--selectProjects', project])),
  })),
  { name: 'e2e', projects: halves, run: () => runHalves(flagsOf) },
];
for (const { name, projects, run } of stages) {
  narrator.line(`\n${narrator.paint(1, name)}`);
  const code = await run();
  isGood &&= code === 0;
  if (code > 128) break; // a signal: nobody waits for the rest
  for (const project of projects) count(project, code);
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`\nTests: ${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = isGood && total.failed === 0 ? 0 : 1;
