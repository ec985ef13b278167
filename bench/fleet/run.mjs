#!/usr/bin/env node
/** `npm run bench:fleet`: brings compiled code, and starts the fleet. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Narrator } from '../../tools/setup/narrator.mjs';
import { become, SetupError } from '../../tools/setup/run.mjs';
import { setUp } from '../../tools/setup/set-up.mjs';
import { HELP, readOptions } from './options.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const narrator = new Narrator(process.stderr);

try {
  const given = process.argv.slice(2);
  if (readOptions(given).help) {
    process.stdout.write(HELP);
    process.exit();
  }
  await setUp(narrator, ['apps/e2e']);
  process.exitCode = await become([join(here, 'fleet.mjs'), ...given]);
} catch (error) {
  const isExpected = error instanceof SetupError || error.code?.startsWith('ERR_PARSE_ARGS');
  narrator.fail(isExpected ? error.message : error.stack);
  process.exitCode = 2;
}
