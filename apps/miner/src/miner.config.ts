import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';

export interface MinerConfig {
  readonly url: string;
  readonly token: string | undefined;
  /** The model's directory, absolute. */
  readonly model: string;
  readonly slots: number;
  readonly threads: number;
  /** Where the node's key is kept. */
  readonly data: string;
  readonly healthPort: number | undefined;
}

export const MINER_CONFIG = Symbol('miner config');

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const BUNDLED = 'bundled:';

export const usage = `Usage: npm run miner -- [options]

Runs a model for a Ganglion network. Ctrl-C lets it finish what it has, and leaves.

  --url <url>           the router                        GANGLION_URL    http://127.0.0.1:8080
  --token <token>       join token, for a new miner       GANGLION_TOKEN
  --model <model>       bundled:tiny, or the directory    MODEL           bundled:tiny
                        of a model with onnx/*.onnx
  --slots <n>           answers computed at once          SLOTS           2
  --threads <n>         threads per step                  THREADS         1
  --data <directory>    where the miner's key is kept     DATA_DIR        .ganglion/miner
  --health-port <port>  /healthz, /readyz, /metrics       HEALTH_PORT     off
  --help                this text
`;

const environment = () =>
  readConfig({
    GANGLION_URL: z.string().optional(),
    GANGLION_TOKEN: z.string().optional(),
    MODEL: z.string().optional(),
    SLOTS: z.string().optional(),
    THREADS: z.string().optional(),
    DATA_DIR: z.string().optional(),
    SECRETS_DIR: z.string().optional(),
  });

/** A wrong option: the message says which, and what it should be. */
export class UsageError extends Error {}

const options = {
  url: { type: 'string' },
  token: { type: 'string' },
  model: { type: 'string' },
  slots: { type: 'string' },
  threads: { type: 'string' },
  data: { type: 'string' },
  'health-port': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const parse = (args: string[]) => {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

/** Options over environment over defaults; `help` when that was asked for. @throws UsageError */
export const readMinerConfig = (args: string[]): MinerConfig | 'help' => {
  const flags = parse(args);
  if (flags.help) return 'help';
  const env = environment();
  const data = resolve(flags.data ?? env.DATA_DIR ?? join(repository, '.ganglion', 'miner'));
  return {
    url: readUrl(flags.url ?? env.GANGLION_URL ?? 'http://127.0.0.1:8080'),
    token:
      flags.token ?? env.GANGLION_TOKEN ?? readToken(env.SECRETS_DIR ?? join(data, '..', 'secrets', 'miner')),
    model: readModel(flags.model ?? env.MODEL ?? 'bundled:tiny'),
    slots: readInteger('--slots (SLOTS)', flags.slots ?? env.SLOTS ?? '2', [1, 64]),
    threads: readInteger('--threads (THREADS)', flags.threads ?? env.THREADS ?? '1', [1, 256]),
    data,
    healthPort:
      flags['health-port'] === undefined
        ? undefined
        : readInteger('--health-port', flags['health-port'], [0, 65_535]),
  };
};

const readUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return text;
  throw new UsageError(
    `--url (GANGLION_URL): "${text}" is not an address; it should look like http://host:8080`,
  );
};

const readInteger = (name: string, text: string, [least, most]: [number, number]): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name}: "${text}" should be a whole number from ${least} to ${most}`);
};

const readModel = (text: string): string => {
  const isBundled = text.startsWith(BUNDLED);
  const directory = isBundled ? join(repository, 'models', text.slice(BUNDLED.length)) : resolve(text);
  if (existsSync(join(directory, 'config.json'))) return directory;
  const problem = isBundled
    ? 'no such model comes with this version; there is bundled:tiny'
    : `there is no ${directory}/config.json`;
  throw new UsageError(`--model (MODEL): "${text}": ${problem}`);
};

/** The first token of a network on this machine, where its keys were provided. */
const readToken = (secrets: string): string | undefined => {
  try {
    return readFileSync(join(secrets, 'join-token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};
