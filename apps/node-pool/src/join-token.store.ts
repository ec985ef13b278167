import type { JoinTokenView } from '@ganglion/contracts';
import type { JoinToken } from '@ganglion/database/node-pool';
import { Injectable } from '@nestjs/common';
import type { NewToken } from './founding.store.js';
import { PoolDatabase } from './pool-database.store.js';

const toView = ({ id, name, owner, createdAt, expiresAt, ...row }: JoinToken): JoinTokenView => ({
  tokenId: id,
  name,
  owner,
  mayRegisterModels: row.mayRegisterModels,
  maxNodes: row.maxNodes,
  nodes: row.nodes,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});

/** The rows of join tokens, as an admin sees them. */
@Injectable()
export class JoinTokenStore {
  constructor(private readonly database: PoolDatabase) {}

  async insert(token: NewToken & { name: string }): Promise<JoinTokenView> {
    return toView(await this.database.client.joinToken.create({ data: token }));
  }

  /** Tokens before `cursor` in the order of their making, the newest first. */
  async list(cursor: string | undefined, limit: number): Promise<JoinTokenView[]> {
    const rows = await this.database.client.joinToken.findMany({
      where: cursor === undefined ? {} : { id: { lt: cursor } },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map(toView);
  }

  /** Its time is over now, if it was not before. False when there is none with this id. */
  async expire(tokenId: string, at: Date): Promise<boolean> {
    const { joinToken } = this.database.client;
    await joinToken.updateMany({ where: { id: tokenId, expiresAt: { gt: at } }, data: { expiresAt: at } });
    return (await joinToken.count({ where: { id: tokenId } })) === 1;
  }
}
