import type { ModuleName } from '@ganglion/contracts';
import type { ProgressEvent } from './progress.js';

export type ServiceEnv = Partial<Record<ModuleName, Readonly<Record<string, string>>>>;

export interface NetworkOptions {
  miners?: number;
  /** Of the first router; a free one unless given. */
  port?: number;
  host?: string;
  /** A folder with a model; the bundled one unless given. */
  model?: string | undefined;
  /** Where everything is kept, durably. Without it: a temporary folder, nothing flushed to disk, a clock to move. */
  dataDir?: string;
  logLevel?: string;
  onProgress?: (event: ProgressEvent) => void;
  /** Gives the start up: what runs already is ended. */
  signal?: AbortSignal;
  /** Starts a service that ended by itself again. */
  isSupervised?: boolean;
  /** Of every service: two in a temporary folder, one in a folder of its own, unless given. */
  replicas?: number;
  /** How fast the clock of a network in a temporary folder goes: below 1 all its deadlines and periods are longer. */
  clockScale?: number;
  /** Added to the environment of a module's processes. */
  env?: ServiceEnv;
}

/** In a network of tests nothing is audited or tested by lot: a spec that wants that says how often. */
const untouched: ServiceEnv = { cognitive: { AUDIT_RATE: '0' }, 'node-pool': { SERVING_TEST_SECONDS: '0' } };

/** What is added to the environment of the services. */
export const serviceEnv = ({ dataDir, env = {} }: NetworkOptions): ServiceEnv =>
  dataDir === undefined ? { ...untouched, ...env } : env;
