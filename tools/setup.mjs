#!/usr/bin/env node
/** Prepares the clone to run: packages, generated code, compiled code. */
import { Narrator } from './setup/narrator.mjs';
import { SetupError } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';

const narrator = new Narrator();
try {
  await setUp(narrator);
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
}
