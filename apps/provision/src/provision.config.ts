import { join, resolve } from 'node:path';
import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';
import type { KeysSettings } from './keys.js';
import type { ServersSettings } from './servers.js';

const port = z.coerce.number().int().min(1).max(65_535);

const folders = {
  DATA_DIR: z.string().min(1).default('.ganglion'),
  SECRETS_DIR: z.string().min(1).optional(),
};

const secretsFolder = (config: { DATA_DIR: string; SECRETS_DIR?: string | undefined }): string =>
  resolve(config.SECRETS_DIR ?? join(config.DATA_DIR, 'secrets'));

/** The environment of `provision keys`. */
export const readKeysSettings = (): KeysSettings => {
  const config = readConfig({
    ...folders,
    NATS_HOST: z.string().min(1).default('127.0.0.1'),
    NATS_PORT: port.default(4222),
    NATS_WEBSOCKET_PORT: port.optional(),
    NATS_MONITOR_PORT: port.optional(),
    NATS_CONF: z.string().min(1).optional(),
    NATS_STORE_DIR: z.string().min(1).optional(),
    NATS_RESOLVER_DIR: z.string().min(1).optional(),
    PUBLIC_URL: z.url().default('http://127.0.0.1:8080'),
  });
  const data = resolve(config.DATA_DIR);
  return {
    secrets: secretsFolder(config),
    brokerConfigFile: resolve(config.NATS_CONF ?? join(data, 'nats', 'nats.conf')),
    broker: {
      host: config.NATS_HOST,
      port: config.NATS_PORT,
      websocketPort: config.NATS_WEBSOCKET_PORT,
      monitorPort: config.NATS_MONITOR_PORT,
      storeDir: config.NATS_STORE_DIR ?? join(data, 'nats', 'jetstream'),
      resolverDir: config.NATS_RESOLVER_DIR ?? join(data, 'nats', 'jwt'),
    },
    publicUrl: config.PUBLIC_URL,
  };
};

/** The environment of `provision servers`. */
export const readServersSettings = (): ServersSettings => {
  const config = readConfig({
    ...folders,
    NATS_URL: z.string().min(1).default('nats://127.0.0.1:4222'),
    DATABASE_URL: z.url().default('postgres://postgres@127.0.0.1:5432/ganglion'),
    WAIT_SECONDS: z.coerce.number().int().min(1).max(3_600).default(60),
  });
  return {
    secrets: secretsFolder(config),
    natsServers: config.NATS_URL.split(','),
    databaseUrl: config.DATABASE_URL,
    waitMs: config.WAIT_SECONDS * 1_000,
  };
};
