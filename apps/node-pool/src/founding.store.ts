import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PoolDatabase } from './pool-database.store.js';

const NONCE_SECRET = 'nonce';

export interface NewToken {
  /** SHA-256 of the token in hex. */
  hash: string;
  owner: string | null;
  mayRegisterModels: boolean;
  maxNodes: number;
  expiresAt: Date;
  createdAt: Date;
}

/** What the module must have before its first node: made once, whichever replica is first. */
@Injectable()
export class FoundingStore {
  constructor(private readonly database: PoolDatabase) {}

  /** The 32 bytes that seal nonces, the same for all replicas. */
  async nonceSecret(): Promise<Uint8Array> {
    const { client } = this.database;
    const fresh = [{ name: NONCE_SECRET, value: randomBytes(32).toString('hex') }];
    await client.secret.createMany({ data: fresh, skipDuplicates: true });
    const { value } = await client.secret.findUniqueOrThrow({ where: { name: NONCE_SECRET } });
    return Buffer.from(value, 'hex');
  }

  /** Adds a join token, unless one with this hash is there. */
  async ensureToken(token: NewToken): Promise<void> {
    await this.database.client.joinToken.createMany({ data: [token], skipDuplicates: true });
  }
}
