import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheDirectory, InferenceError, parseModelReference } from '@ganglion/inference';
import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';

export interface MinerConfig {
  readonly url: string;
  readonly token: string | undefined;
  /** The model's directory, absolute; or `hf:…` or `auto`. */
  readonly model: string;
  /** Which of its graphs; the best for a CPU unless given. */
  readonly quantisation: string | undefined;
  readonly source: ModelSource;
  /** Further models, which the network may have it load in place of that one when it is idle. */
  readonly also: readonly Pick<MinerConfig, 'model' | 'quantisation'>[];
  readonly slots: number;
  /** The engine's own choice unless given, like what follows. */
  readonly threads: number | undefined;
  readonly contextLength: number | undefined;
  readonly provider: 'cpu' | 'cuda';
  /** Where the node's key is kept. */
  readonly data: string;
  readonly healthPort: number | undefined;
}

/** Where models come from, and where they are kept. */
interface ModelSource {
  readonly bundled: string;
  readonly cache: string;
  /** A hub other than Hugging Face. */
  readonly address: string | undefined;
  readonly token: string | undefined;
}

export const MINER_CONFIG = Symbol('miner config');

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const bundled = join(repository, 'models');

export const usage = `Usage: npm run miner -- [options]

Runs a model for a Ganglion network. Ctrl-C lets it finish what it has, and leaves.

  --url <url>           the router                        GANGLION_URL    http://127.0.0.1:8080
  --token <token>       join token, for a new miner       GANGLION_TOKEN
  --model <model>       bundled:tiny, the directory of    MODEL           bundled:tiny
                        a model with onnx/*.onnx,
                        hf:<owner>/<repo>[@revision],
                        or auto: the largest that fits
  --also <model>        may switch to this model when the   ALSO            none
                        network wants it; repeatable
  --quant <name>        q4, int8, fp32, …: which of the   QUANT           best for a CPU
                        model's graphs
  --slots <n>           answers computed at once          SLOTS           2
  --threads <n>         threads per step                  THREADS         half the processors, at most 4
  --context <n>         tokens of prompt and answer       CONTEXT         the model's own limit
                        together, if memory is short
  --provider <name>     cpu, or cuda for a graphics card  PROVIDER        cpu
  --data <directory>    where the miner's key is kept     DATA_DIR        .ganglion/miner
  --health-port <port>  /healthz, /readyz, /metrics       HEALTH_PORT     off
  --help                this text

Models of a hub are downloaded once, into GANGLION_CACHE (~/.cache/ganglion). HF_TOKEN opens gated ones;
GANGLION_MODEL_MIRROR names another host than https://huggingface.co. docs/models.md says more.
`;

const environment = () =>
  readConfig({
    GANGLION_URL: z.string().optional(),
    GANGLION_TOKEN: z.string().optional(),
    MODEL: z.string().optional(),
    QUANT: z.string().optional(),
    ALSO: z.string().optional(),
    GANGLION_CACHE: z.string().optional(),
    XDG_CACHE_HOME: z.string().optional(),
    GANGLION_MODEL_MIRROR: z.string().optional(),
    HF_TOKEN: z.string().optional(),
    SLOTS: z.string().optional(),
    THREADS: z.string().optional(),
    CONTEXT: z.string().optional(),
    PROVIDER: z.string().optional(),
    DATA_DIR: z.string().optional(),
    SECRETS_DIR: z.string().optional(),
  });

/** A wrong option: the message says which, and what it should be. */
export class UsageError extends Error {}

const options = {
  url: { type: 'string' },
  token: { type: 'string' },
  model: { type: 'string' },
  quant: { type: 'string' },
  also: { type: 'string', multiple: true },
  slots: { type: 'string' },
  threads: { type: 'string' },
  context: { type: 'string' },
  provider: { type: 'string' },
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
    ...readModel(flags.model ?? env.MODEL ?? 'bundled:tiny', flags.quant ?? env.QUANT),
    also: readAlso(flags.also ?? env.ALSO?.split(',') ?? []),
    source: {
      bundled,
      cache: cacheDirectory(env),
      address: env.GANGLION_MODEL_MIRROR || undefined,
      token: env.HF_TOKEN || undefined,
    },
    slots: readInteger('--slots (SLOTS)', flags.slots ?? env.SLOTS ?? '2', [1, 64]),
    threads: readOptional('--threads (THREADS)', flags.threads ?? env.THREADS, [1, 256]),
    contextLength: readOptional('--context (CONTEXT)', flags.context ?? env.CONTEXT, [2, 2 ** 31]),
    provider: readProvider(flags.provider ?? env.PROVIDER ?? 'cpu'),
    data,
    healthPort: readOptional('--health-port', flags['health-port'], [0, 65_535]),
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

const readOptional = (
  name: string,
  text: string | undefined,
  bounds: [number, number],
): number | undefined => (text === undefined ? undefined : readInteger(name, text, bounds));

const readProvider = (text: string): 'cpu' | 'cuda' => {
  if (text === 'cpu' || text === 'cuda') return text;
  throw new UsageError(`--provider (PROVIDER): "${text}" should be cpu or cuda`);
};

/** What can be told without a network is told now. */
const readModel = (
  text: string,
  quant: string | undefined,
  option = '--model (MODEL)',
): Pick<MinerConfig, 'model' | 'quantisation'> => {
  const reference = readReference(text, option);
  const own = 'quantisation' in reference ? reference.quantisation : undefined;
  const quantisation = quant || own;
  if (reference.kind === 'hub' || reference.kind === 'auto') return { model: text, quantisation };
  const isBundled = reference.kind === 'bundled';
  const model = isBundled ? join(bundled, reference.name) : resolve(reference.path);
  if (existsSync(join(model, 'config.json'))) return { model, quantisation };
  const isRepository = /^[\w-][\w.-]*\/[\w.-]+$/.test(text);
  const problem = isBundled
    ? 'no such model comes with this version; there is bundled:tiny'
    : `there is no ${model}/config.json${isRepository ? `; a model of a hub is written hf:${text}` : ''}`;
  throw new UsageError(`${option}: "${text}": ${problem}`);
};

/** Each in the graph that its own name tells, as in `bundled:tiny:int8`, or the best for a CPU. */
const readAlso = (texts: readonly string[]): MinerConfig['also'] =>
  texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => readModel(text, undefined, '--also (ALSO)'));

const readReference = (text: string, option: string): ReturnType<typeof parseModelReference> => {
  try {
    return parseModelReference(text);
  } catch (error) {
    if (error instanceof InferenceError) throw new UsageError(`${option}: ${error.message}`);
    throw error;
  }
};

/** The first token of a network on this machine, where its keys were provided. */
const readToken = (secrets: string): string | undefined => {
  try {
    return readFileSync(join(secrets, 'join-token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};
