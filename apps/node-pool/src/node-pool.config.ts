import { databaseUrl, readBrokerConfig, readConfig, secret } from '@ganglion/runtime';
import { z } from 'zod';
import type { CredentialSecrets } from './credentials.js';

/** What node-pool is told by its environment and its secrets folder. */
export class NodePoolConfig {
  constructor(
    readonly databaseUrl: string,
    readonly natsUrls: string[],
    /** Where miners reach the broker. */
    readonly minerNatsUrls: string[],
    readonly secrets: CredentialSecrets & {
      systemCreds: string;
      /** SHA-256 of the first join token, in hex. */
      firstJoinTokenHash: string | undefined;
    },
  ) {}

  /** Throws an error that names the secret that is missing. */
  static read(): NodePoolConfig {
    const { NATS_URL, SECRETS_DIR } = readBrokerConfig();
    const { MINER_NATS_URLS } = readConfig({ MINER_NATS_URLS: z.string().min(1).optional() });
    const needed = (name: string): string => {
      const value = secret(name);
      if (!value) throw new Error(`${SECRETS_DIR}/${name} is missing: run provision first`);
      return value;
    };
    return new NodePoolConfig(databaseUrl(), urls(NATS_URL), urls(MINER_NATS_URLS ?? NATS_URL), {
      systemCreds: needed('system.creds'),
      minerSigningSeed: needed('miner-signing.seed'),
      operatorSigningSeed: needed('operator-signing.seed'),
      accountJwt: needed('account.jwt'),
      firstJoinTokenHash: secret('first-join-token.hash'),
    });
  }
}

const urls = (list: string): string[] =>
  list
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
