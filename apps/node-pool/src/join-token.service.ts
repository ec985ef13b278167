import { Fault, type InputOf, type nodePool, type OutputOf } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { JoinTokenStore } from './join-token.store.js';

/** Who may bring nodes: tokens are made here, shown once, known by their hash. */
@Injectable()
export class JoinTokenService {
  constructor(
    private readonly store: JoinTokenStore,
    private readonly clock: Clock,
  ) {}

  async create({
    ttlSeconds,
    ...facts
  }: InputOf<typeof nodePool.createJoinToken>): Promise<OutputOf<typeof nodePool.createJoinToken>> {
    const token = `gt_${randomBytes(32).toString('base64url').replace(/[-_]/g, 'x')}`;
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + ttlSeconds * 1_000);
    const hash = createHash('sha256').update(token).digest('hex');
    return { ...(await this.store.insert({ ...facts, hash, createdAt, expiresAt })), token };
  }

  /** The newest first. */
  async list({
    cursor,
    limit,
  }: InputOf<typeof nodePool.listJoinTokens>): Promise<OutputOf<typeof nodePool.listJoinTokens>> {
    const page = await this.store.list(cursor, limit + 1);
    const items = page.slice(0, limit);
    return { items, nextCursor: page.length > limit ? (items.at(-1)?.tokenId ?? null) : null };
  }

  async revoke(tokenId: string): Promise<Record<string, never>> {
    if (!(await this.store.expire(tokenId, this.clock.now())))
      throw new Fault('NOT_FOUND', `tokenId: no join token ${tokenId}`, { field: 'tokenId' });
    return {};
  }
}
