import { type ApiKeyFacts, Fault, session as messages, uuid } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { SessionDatabase, SessionOutbox } from './database.store.js';

type Scope = ApiKeyFacts['scopes'][number];

@Injectable()
export class KeyStore {
  constructor(
    private readonly database: SessionDatabase,
    private readonly outbox: SessionOutbox,
    private readonly clock: Clock,
  ) {}

  async byHash(hash: string): Promise<ApiKeyFacts | null> {
    const row = await this.database.client.apiKey.findUnique({ where: { hash } });
    if (!row || row.revokedAt) return null;
    return { keyId: row.id, name: row.name, scopes: row.scopes as Scope[] };
  }

  async byId(keyId: string): Promise<ApiKeyFacts | null> {
    // The column is a UUID: what is none is no key's id.
    if (!uuid.safeParse(keyId).success) return null;
    const row = await this.database.client.apiKey.findUnique({ where: { id: keyId } });
    if (!row || row.revokedAt) return null;
    return { keyId: row.id, name: row.name, scopes: row.scopes as Scope[] };
  }

  /** Keeps a key's hash; one that is known stays as it is. */
  async insert(key: { hash: string; name: string; scopes: Scope[] }): Promise<ApiKeyFacts> {
    await this.database.client.apiKey.createMany({
      data: [{ ...key, createdAt: this.clock.now() }],
      skipDuplicates: true,
    });
    const row = await this.database.client.apiKey.findUniqueOrThrow({ where: { hash: key.hash } });
    return { keyId: row.id, name: row.name, scopes: row.scopes as Scope[] };
  }

  async revoke(keyId: string): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      const row = uuid.safeParse(keyId).success ? await tx.apiKey.findUnique({ where: { id: keyId } }) : null;
      if (!row) throw new Fault('NOT_FOUND', `keyId: no API key ${keyId}`, { field: 'keyId' });
      if (row.revokedAt) return;
      await tx.apiKey.update({ where: { id: keyId }, data: { revokedAt: at } });
      await record(tx, {
        event: messages.keyRevoked,
        payload: { keyId, keyHash: row.hash },
        entity: 'api-key',
        entityId: keyId,
        at,
      });
    });
    this.outbox.wake();
  }
}
