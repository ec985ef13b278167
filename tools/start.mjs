#!/usr/bin/env node
/** `npm start`: sets the clone up and runs a whole network on this machine. Needs nothing but Node and npm. */
import { createServer } from 'node:net';
import { Narrator } from './setup/narrator.mjs';
import { SetupError } from './setup/run.mjs';
import { setUp } from './setup/set-up.mjs';
import { readStartOptions, USAGE } from './setup/start-options.mjs';

/** Asked before a set-up of minutes, not after it. */
const checkPort = (port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', ({ code }) => {
      const why = code === 'EACCES' ? 'may not be used by this user' : 'is in use';
      reject(new SetupError(`Port ${port} ${why}: choose another one with --port.`));
    });
    server.listen(port, '127.0.0.1', () => server.close(resolve));
  });

const isJson = process.argv.includes('--json');
const narrator = new Narrator(isJson ? process.stderr : process.stdout);
try {
  const options = readStartOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else {
    await checkPort(options.port);
    await setUp(narrator);
    const { runNetwork } = await import('./dist/start.js');
    process.exitCode = await runNetwork(options, narrator);
  }
} catch (error) {
  narrator.fail(error instanceof SetupError ? error.message : (error.stack ?? String(error)));
  process.exitCode = 1;
}
