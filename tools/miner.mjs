#!/usr/bin/env node
/** Adds a miner to a network, from a clone: `npm run miner -- --url http://… --token gt_…`. */
import { bundleOf } from './setup/bundles.mjs';
import { Narrator } from './setup/narrator.mjs';
import { become, SetupError } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

const narrator = new Narrator(process.stderr);
try {
  await setUp(narrator, ['apps/miner']);
  process.exitCode = await become([bundleOf('miner'), ...process.argv.slice(2)]);
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
}
