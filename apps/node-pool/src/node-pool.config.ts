import { databaseUrl, readBrokerConfig, readConfig, secret } from '@ganglion/runtime';
import { z } from 'zod';
import type { CredentialSecrets } from './credentials.js';
import { parseVersion, type Version } from './version-gate.js';

const version = z
  .string()
  .refine((text) => parseVersion(text) !== undefined, 'a version of three numbers, such as 0.2.0')
  .transform((text) => parseVersion(text)!);

/** What the operator wants of nodes. */
export interface NodeRules {
  /** Nodes with older software are not let in. */
  readonly leastVersion?: Version | undefined;
  /** Milliseconds between two tests of a node that serves, on average; 0: none are made. */
  readonly servingTestMs: number;
}

/** What node-pool is told by its environment and its secrets folder. */
export class NodePoolConfig {
  constructor(
    readonly databaseUrl: string,
    /** Where the broker is reached: by this service, and by miners. */
    readonly broker: { urls: string[]; minerUrls: string[] },
    readonly secrets: CredentialSecrets & {
      systemCreds: string;
      /** SHA-256 of the first join token, in hex. */
      firstJoinTokenHash: string | undefined;
    },
    readonly rules: NodeRules = { servingTestMs: 0 },
  ) {}

  /** Throws an error that names the secret that is missing. */
  static read(): NodePoolConfig {
    const { NATS_URL, SECRETS_DIR } = readBrokerConfig();
    const { MINER_NATS_URLS, MIN_NODE_VERSION, SERVING_TEST_SECONDS } = readConfig({
      MINER_NATS_URLS: z.string().min(1).optional(),
      MIN_NODE_VERSION: version.optional(),
      SERVING_TEST_SECONDS: z.coerce.number().int().min(0).max(86_400).default(300),
    });
    const needed = (name: string): string => {
      const value = secret(name);
      if (!value) throw new Error(`${SECRETS_DIR}/${name} is missing: run provision first`);
      return value;
    };
    const secrets = {
      systemCreds: needed('system.creds'),
      minerSigningSeed: needed('miner-signing.seed'),
      operatorSigningSeed: needed('operator-signing.seed'),
      accountJwt: needed('account.jwt'),
      firstJoinTokenHash: secret('first-join-token.hash'),
    };
    const broker = { urls: urls(NATS_URL), minerUrls: urls(MINER_NATS_URLS ?? NATS_URL) };
    return new NodePoolConfig(databaseUrl(), broker, secrets, {
      leastVersion: MIN_NODE_VERSION,
      servingTestMs: SERVING_TEST_SECONDS * 1_000,
    });
  }
}

const urls = (list: string): string[] =>
  list
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
