import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from './run.mjs';

export const USAGE = `Starts a whole Ganglion network on this machine: broker, database, services, miners.

Usage: npm start -- [options]

  --miners <n>     how many miners                                    (3)
  --port <n>       where clients reach the network, on this machine   (8080)
  --model <dir>    a model in Hugging Face layout with ONNX files     (the bundled models/tiny)
  --data <dir>     where keys, database and logs are kept             (.ganglion)
  --json           print one line {"url", "apiKey"} when ready, and progress on standard error
  --help           print this

Ctrl-C stops all of it; the next start finds the data again. NATS_URL names a broker of your own.
`;

const integer = (name, text, min, max) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SetupError(`--${name} must be a whole number from ${min} to ${max}, not "${text}".`);
};

const folderWith = (name, path, file) => {
  const folder = resolve(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new SetupError(`--${name}: ${folder} is no folder.`);
  if (!existsSync(join(folder, file)))
    throw new SetupError(
      `--${name}: ${folder} has no ${file}; a model folder in Hugging Face layout has one.`,
    );
  return folder;
};

/** @returns the options of `npm start`, checked; throws a SetupError that names the option and the remedy. */
export const readStartOptions = (args) => {
  const string = { type: 'string' };
  const options = {
    miners: string,
    port: string,
    model: string,
    data: string,
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${USAGE}`);
  }
  return {
    help: values.help ?? false,
    json: values.json ?? false,
    miners: integer('miners', values.miners ?? '3', 0, 64),
    port: integer('port', values.port ?? '8080', 1, 65_535),
    model: values.model === undefined ? undefined : folderWith('model', values.model, 'config.json'),
    dataDir: resolve(values.data ?? '.ganglion'),
  };
};
