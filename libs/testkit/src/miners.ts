import { join } from 'node:path';
import { freePort } from './free-port.js';
import type { NetworkAddress } from './network-address.js';
import { Program } from './program.js';
import { appProgram, repositoryRoot } from './repository.js';

export interface MinerOptions {
  /** A folder with a model; the bundled one unless given. */
  model?: string | undefined;
  slots?: number;
  threads?: number;
  /** Added to its environment. */
  env?: Readonly<Record<string, string>>;
  /** Another program than apps/miner: one that misbehaves. Takes the same options. */
  program?: string;
}

export const bundledModel = join(repositoryRoot, 'models', 'tiny');

/** A miner of this network, not yet started. Its key is kept under its name, so the same name is the same node. */
export const miner = async (
  name: string,
  network: NetworkAddress,
  options: MinerOptions & { logLevel: string; clockFile?: string | undefined },
): Promise<Program> => {
  const healthPort = await freePort();
  return new Program({
    name,
    file: options.program ?? appProgram('miner'),
    logFile: join(network.dataDir, 'logs', `${name}.log`),
    readyUrl: `http://127.0.0.1:${healthPort}/readyz`,
    env: {
      NODE_ENV: 'production',
      GANGLION_URL: network.url,
      GANGLION_TOKEN: network.joinToken,
      MODEL: options.model ?? bundledModel,
      DATA_DIR: join(network.dataDir, 'miners', name),
      HEALTH_PORT: String(healthPort),
      LOG_LEVEL: options.logLevel,
      CLOCK_FILE: options.clockFile,
      ...(options.slots ? { SLOTS: String(options.slots) } : {}),
      ...(options.threads ? { THREADS: String(options.threads) } : {}),
      ...options.env,
    },
  });
};
