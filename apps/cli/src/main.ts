#!/usr/bin/env node
import { readEnvironment } from './connection.js';
import { runCommandLine } from './program.js';

const isPlain = readEnvironment().NO_COLOR !== undefined;
// Whoever reads our output may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  in: process.stdin,
  isPlain,
});
