import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatabaseModule } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import { z } from 'zod';
import { readTestkitConfig } from './environment.js';

const facts = z.object({
  /** The first router. */
  url: z.string(),
  /** Every router. */
  urls: z.array(z.string()),
  apiKey: z.string(),
  joinToken: z.string(),
  natsUrl: z.string(),
  /** Without user and password. */
  databaseServer: z.string(),
  dataDir: z.string(),
  /** Where each process of ours tells its metrics, by its name. */
  metricsUrls: z.record(z.string(), z.string()).default({}),
});
export type NetworkFacts = z.input<typeof facts>;

/** How to reach a running network, and its secrets. */
export class NetworkAddress {
  readonly url: string;
  readonly urls: readonly string[];
  readonly apiKey: string;
  readonly joinToken: string;
  readonly natsUrl: string;
  readonly dataDir: string;
  readonly #facts: NetworkFacts;

  constructor(known: NetworkFacts) {
    this.#facts = known;
    this.url = known.url;
    this.urls = known.urls;
    this.apiKey = known.apiKey;
    this.joinToken = known.joinToken;
    this.natsUrl = known.natsUrl;
    this.dataDir = known.dataDir;
  }

  /** The network that the set-up of this Jest project has started. */
  static async shared(): Promise<NetworkAddress> {
    const { GANGLION_TEST_NETWORK } = readTestkitConfig();
    if (!GANGLION_TEST_NETWORK)
      throw new Error('No network is shared here: only specs of the Jest project e2e share one');
    return new NetworkAddress(facts.parse(JSON.parse(await readFile(GANGLION_TEST_NETWORK, 'utf8'))));
  }

  toJSON(): NetworkFacts {
    return this.#facts;
  }

  get metricsUrls(): Record<string, string> {
    return this.#facts.metricsUrls ?? {};
  }

  /** A module's database as its own role; `superuser` sees everything. */
  async databaseUrl(module: DatabaseModule | 'superuser'): Promise<string> {
    const isSuperuser = module === 'superuser';
    const file = isSuperuser ? ['postgres', 'superuser.password'] : [module, 'database.password'];
    const url = new URL(this.#facts.databaseServer);
    url.username = isSuperuser ? 'postgres' : schemaName(module);
    url.password = (await readFile(join(this.dataDir, 'secrets', ...file), 'utf8')).trim();
    return url.href;
  }

  /** Asks the router, with the first API key; throws with its answer unless that is a success. */
  async ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = {
      authorization: `Bearer ${this.apiKey}`,
      'content-type': 'application/json',
      ...init.headers,
    };
    const response = await fetch(new URL(path, this.url), { ...init, headers });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
