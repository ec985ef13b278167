import { readConfig } from '@ganglion/runtime';
import { Ganglion } from '@ganglion/sdk';
import { z } from 'zod';
import { CommandError, exitCode } from './command-error.js';
import { readCredentials } from './credentials-file.js';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly apiKey?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export const readEnvironment = () =>
  readConfig({
    GANGLION_URL: z.string().optional(),
    GANGLION_API_KEY: z.string().optional(),
    DATA_DIR: z.string().optional(),
    SECRETS: z.string().optional(),
    SECRETS_DIR: z.string().optional(),
    NO_COLOR: z.string().optional(),
    GANGLION_CACHE: z.string().optional(),
    XDG_CACHE_HOME: z.string().optional(),
    GANGLION_MODEL_MIRROR: z.string().optional(),
    HF_TOKEN: z.string().optional(),
  });

export interface Connection {
  readonly url: string;
  readonly apiKey: string | undefined;
}

/**
 * The network to talk to: options before environment before the data directory's credentials. A stored key is only
 * sent to the address it was stored for.
 * @throws CommandError when no address is known.
 */
export const findConnection = (options: GlobalOptions): Connection => {
  const environment = readEnvironment();
  const url = options.url ?? environment.GANGLION_URL;
  const apiKey = options.apiKey ?? environment.GANGLION_API_KEY;
  const isComplete = url !== undefined && apiKey !== undefined;
  const stored = isComplete ? undefined : readCredentials({ ...environment, data: options.data });
  const found = url ?? stored?.url;
  if (found === undefined)
    throw new CommandError(
      'no network is known: start one here (npm start), or name one by --url and --api-key',
      exitCode.usage,
    );
  const isOwn = stored !== undefined && trim(stored.url) === trim(found);
  return { url: found, apiKey: apiKey ?? (isOwn ? stored.apiKey : undefined) };
};

/** A client of that network. @throws CommandError when it needs a key and none is known. */
export const connect = (options: GlobalOptions): Ganglion => {
  const { url, apiKey } = findConnection(options);
  if (apiKey === undefined)
    throw new CommandError(`no API key for ${url}: give --api-key or set GANGLION_API_KEY`, exitCode.usage);
  return new Ganglion({ url, apiKey });
};

const trim = (url: string): string => url.replace(/\/+$/, '');
