import type { Prisma } from '@ganglion/database/node-pool';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { LATELY_MS, NEWCOMER_UNTIL_TESTS, type Population } from './newcomers.js';
import { PoolDatabase } from './pool-database.store.js';

const isKnown: Prisma.NodeWhereInput = { score: { not: null }, tests: { gte: NEWCOMER_UNTIL_TESTS } };

/** The network's nodes of a model, by how well they are known. Dedicated ones are chosen by their owner. */
@Injectable()
export class PopulationStore {
  constructor(
    private readonly database: PoolDatabase,
    private readonly clock: Clock,
  ) {}

  /** Nodes that joined lately count for every model: a name that is left behind served any of them. */
  async of(modelDigest: string): Promise<Population> {
    const { node } = this.database.client;
    const ofModel: Prisma.NodeWhereInput = { modelDigest, dedicatedTo: null };
    const [known, joinedLately, reserved, reservedKnown] = await Promise.all([
      this.countKnown(modelDigest),
      node.count({
        where: { dedicatedTo: null, createdAt: { gt: new Date(this.clock.ms() - LATELY_MS) } },
      }),
      node.count({ where: { ...ofModel, state: 'RESERVED' } }),
      node.count({ where: { ...ofModel, state: 'RESERVED', ...isKnown } }),
    ]);
    return { known, joinedLately, reserved, reservedNewcomers: reserved - reservedKnown };
  }

  /** Known nodes that serve, could, or are being tested. */
  countKnown(modelDigest: string): Promise<number> {
    return this.database.client.node.count({
      where: {
        modelDigest,
        dedicatedTo: null,
        state: { in: ['TESTING', 'EPHEMERAL', 'RESERVED'] },
        ...isKnown,
      },
    });
  }
}
