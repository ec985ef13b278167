#!/usr/bin/env node
/** Runs the `ganglion` command from a clone: `npm run ganglion -- chat "Hello"`. */
import { existsSync } from 'node:fs';
import { bundleOf } from './setup/bundles.mjs';
import { Narrator } from './setup/narrator.mjs';
import { become, SetupError } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

const narrator = new Narrator(process.stderr);
const program = bundleOf('cli');
try {
  if (!existsSync(program)) await setUp(narrator, ['apps/cli']);
  process.exitCode = await become([program, ...process.argv.slice(2)]);
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
}
