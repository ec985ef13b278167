import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An error whose message is all that the user needs: no stack. */
export class SetupError extends Error {}

/** Runs a program quietly; if it fails, throws an error with the end of its output. */
export const run = (command, args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
    child.once('error', (error) => reject(new SetupError(`${command} could not be run: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const lines = output.trimEnd().split('\n').slice(-40).join('\n');
      reject(
        new SetupError(`${[command, ...args].join(' ')} failed (${signal ?? `code ${code}`}):\n${lines}`),
      );
    });
  });

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

/** Hands the terminal over to a program until it ends; resolves with its exit code (128 + n for a signal). */
export const become = (args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'inherit' });
    let asked;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => {
        asked ??= signal;
        // Ctrl-C reaches the whole group, the child included.
        if (signal !== 'SIGINT') child.kill(signal);
      });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(EXIT_CODES[signal ?? asked] ?? code ?? 1));
  });
