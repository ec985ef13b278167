#!/usr/bin/env node
/** `npm run bench:engine`: brings packages, models and compiled code, and starts the benchmark. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Narrator } from '../../tools/setup/narrator.mjs';
import { become, run, SetupError } from '../../tools/setup/run.mjs';
import { setUp } from '../../tools/setup/set-up.mjs';
import { makeModels } from './models.mjs';

const HELP = `Measures the miner's engine beside node-llama-cpp and @huggingface/transformers, each in processes of its own,
in interleaved rounds, and prints medians and ratios. docs/benchmarks.md says what each row means.

  npm run bench:engine -- --json FILE

  --json FILE    ratios, medians, the machine, and every round's figures
  --rounds N     default 3
  --threads N    of each contender; default all processors
  --block N      weights that share a scale in our int4 and int8: 32 (default; 5 and 9 bits), 64 (4.5 and 8.5, as GGUF has)
  --quick        one round of few tokens on a tiny model: shows that the benchmark works, says nothing of speed
`;

const here = dirname(fileURLToPath(import.meta.url));
const narrator = new Narrator(process.stderr);

/** @throws TypeError for an unknown option */
const readOptions = () =>
  parseArgs({
    options: {
      json: { type: 'string' },
      rounds: { type: 'string' },
      threads: { type: 'string' },
      block: { type: 'string', default: '32' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;

const versionOf = (name) => {
  const file = join(here, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
};

/** Without install scripts: node-llama-cpp's would look for a compiler, its binaries are packages of their own. */
const installContenders = async () => {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  if (Object.entries(dependencies).every(([name, version]) => versionOf(name) === version)) return;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await narrator.step('Installing node-llama-cpp and @huggingface/transformers (400 MB)', () =>
    run('npm', ['install', '--prefix', here, '--no-save', '--ignore-scripts', ...quiet]),
  );
};

try {
  const { help, block, quick, ...rest } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    process.exit();
  }
  await setUp(narrator, ['bench/engine']);
  await installContenders();
  const models = await makeModels(narrator, quick ? 'two-layers' : 'smollm2-135m', block);
  const passed = Object.entries(rest).flatMap(([name, value]) => [`--${name}`, value]);
  process.exitCode = await become([
    join(here, 'dist', 'main.js'),
    '--models',
    models,
    ...passed,
    ...(quick ? ['--quick'] : []),
  ]);
} catch (error) {
  const isExpected = error instanceof SetupError || error.code?.startsWith('ERR_PARSE_ARGS');
  narrator.fail(isExpected ? error.message : error.stack);
  process.exitCode = 1;
}
