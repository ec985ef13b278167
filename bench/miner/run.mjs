#!/usr/bin/env node
/** `npm run bench:miner`: brings compiled code and model, and starts the benchmark. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Narrator } from '../../tools/setup/narrator.mjs';
import { become, SetupError } from '../../tools/setup/run.mjs';
import { setUp } from '../../tools/setup/set-up.mjs';
import { makeModels } from '../engine/models.mjs';

const HELP = `Starts a network with one miner, lets clients chat with it, and tells how far the event loop of the miner's main
thread, the one that talks to the network, lagged meanwhile. docs/benchmarks.md says more.

  npm run bench:miner -- [--clients 8] [--quick] [--json FILE]

  --clients N    that chat at the same time, which is also the miner's slots; default 8
  --json FILE    the same figures
  --quick        a tiny model: shows that the benchmark works, says nothing of speed
`;

const here = dirname(fileURLToPath(import.meta.url));
const narrator = new Narrator(process.stderr);

/** @throws TypeError for an unknown option */
const readOptions = () =>
  parseArgs({
    options: {
      clients: { type: 'string', default: '8' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;

try {
  const { help, quick, ...rest } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    process.exit();
  }
  if (!/^[1-9]\d?$/.test(rest.clients)) throw new SetupError(`--clients: from 1 to 99, not ${rest.clients}`);
  await setUp(narrator, ['apps/e2e', 'bench/engine']);
  const models = await makeModels(narrator, quick ? 'two-layers' : 'smollm2-135m', '32');
  const passed = Object.entries(rest).flatMap(([name, value]) => [`--${name}`, value]);
  process.exitCode = await become([join(here, 'miner.mjs'), '--model', join(models, 'int4'), ...passed]);
} catch (error) {
  const isExpected = error instanceof SetupError || error.code?.startsWith('ERR_PARSE_ARGS');
  narrator.fail(isExpected ? error.message : error.stack);
  process.exitCode = 1;
}
