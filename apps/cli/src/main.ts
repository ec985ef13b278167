#!/usr/bin/env node
import { readEnvironment } from './connection.js';
import { runCommandLine } from './program.js';

const isPlain = readEnvironment().NO_COLOR !== undefined;
process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  in: process.stdin,
  isPlain,
});
