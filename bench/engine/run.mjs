#!/usr/bin/env node
/** `npm run bench:engine`: brings packages, models and compiled code, and starts the benchmark. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { preparePython, runPython } from '../../tools/models/python.mjs';
import { Narrator } from '../../tools/setup/narrator.mjs';
import { become, root, run, SetupError } from '../../tools/setup/run.mjs';
import { setUp } from '../../tools/setup/set-up.mjs';

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

/** The folder of the models, made when the makers or the options are new. */
const makeModels = async (shape, block) => {
  const makers = join(root, 'tools', 'models', 'makers');
  const hash = createHash('sha256');
  for (const name of readdirSync(makers).sort())
    if (/(?<!_test)\.py$/.test(name)) hash.update(readFileSync(join(makers, name)));
  const made = `${shape}-${block}-${hash.digest('hex').slice(0, 12)}`;
  const folder = join(root, '.ganglion', 'bench', made);
  // Written last: models of an interrupted run are made again.
  if (existsSync(join(folder, 'models.json'))) return folder;
  const python = await preparePython(narrator);
  rmSync(folder, { recursive: true, force: true });
  const args = ['-m', 'makers', 'bench', '--shape', shape, '--block', block, '--out', folder];
  const code = await runPython(python, args);
  if (code !== 0) throw new SetupError('the models could not be made: see above.');
  return folder;
};

try {
  const { help, block, quick, ...rest } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    process.exit();
  }
  await setUp(narrator, ['bench/engine']);
  await installContenders();
  const models = await makeModels(quick ? 'two-layers' : 'smollm2-135m', block);
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
