import {
  type ApiKeyFacts,
  Fault,
  type InputOf,
  type KeyView,
  type OutputOf,
  type session as messages,
} from '@ganglion/contracts';
import { outlast, secret } from '@ganglion/runtime';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { KeyStore } from './key.store.js';

/** API keys: made here, shown once, known by their hash. */
@Injectable()
export class KeyService implements OnApplicationBootstrap {
  constructor(private readonly store: KeyStore) {}

  /** The first key was made before there was a database; its hash waits in the secrets folder. */
  async onApplicationBootstrap(): Promise<void> {
    const hash = secret('first-api-key.hash');
    if (hash === undefined) return;
    await outlast('the first API key', () =>
      this.store.insert({ hash, name: 'first', scopes: ['inference', 'admin'] }),
    );
    new Logger(KeyService.name).log('the first API key is known');
  }

  async authenticate(keyHash: string): Promise<ApiKeyFacts> {
    const facts = await this.store.byHash(keyHash);
    if (facts) return facts;
    throw new Fault(
      'UNAUTHENTICATED',
      'the API key is unknown or revoked; `ganglion credentials` shows the first one',
    );
  }

  async get(keyId: string): Promise<ApiKeyFacts> {
    return (await this.store.byId(keyId)) ?? notFound(keyId);
  }

  list(input: InputOf<typeof messages.listKeys>): Promise<OutputOf<typeof messages.listKeys>> {
    return this.store.list(input);
  }

  /** Routers hear of it at once. */
  async change(input: InputOf<typeof messages.changeKey>): Promise<KeyView> {
    return (await this.store.change(input)) ?? notFound(input.keyId);
  }

  async create({
    name,
    scopes,
    limits,
  }: InputOf<typeof messages.createKey>): Promise<ApiKeyFacts & { apiKey: string }> {
    const apiKey = `gk_${randomBytes(32).toString('base64url').replace(/[-_]/g, 'x')}`;
    const hash = createHash('sha256').update(apiKey).digest('hex');
    return { ...(await this.store.insert({ hash, name, scopes }, limits)), apiKey };
  }

  async revoke(keyId: string): Promise<void> {
    await this.store.revoke(keyId);
  }
}

const notFound = (keyId: string): never => {
  throw new Fault('NOT_FOUND', `keyId: no API key ${keyId}, or it was revoked`, { field: 'keyId' });
};
