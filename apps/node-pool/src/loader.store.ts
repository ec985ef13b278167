import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { goodFor, usableBy, type Wanted } from './candidate.store.js';
import { type Loader, LOADING_MS, type Supply } from './model-switch.js';
import { PoolDatabase } from './pool-database.store.js';

/** Most idle nodes that are looked at for one wish. */
const LOOKED_AT = 200;

/** Which idle nodes could load a model, and what that would leave of theirs. */
@Injectable()
export class LoaderStore {
  constructor(
    private readonly database: PoolDatabase,
    private readonly clock: Clock,
  ) {}

  /** Free nodes that may load the model, and how many nodes of their present models there are. */
  async loaders(wanted: Wanted): Promise<{ loaders: Loader[]; supply: Map<string, Supply> }> {
    const rows = await this.database.client.node.findMany({
      where: {
        state: 'EPHEMERAL',
        loadable: { has: wanted.modelDigest },
        modelDigest: { not: wanted.modelDigest },
        AND: [usableBy(wanted), goodFor(wanted)],
      },
      select: { id: true, modelDigest: true, machine: true, stateAt: true, switchedAt: true },
      orderBy: { stateAt: 'asc' },
      take: LOOKED_AT,
    });
    const loaders = rows.map(({ machine, stateAt, ...row }) => {
      const { memoryBytes } = machine as { memoryBytes: number };
      return { ...row, memoryBytes, idleSince: stateAt };
    });
    return { loaders, supply: await this.supply([...new Set(rows.map(({ modelDigest }) => modelDigest))]) };
  }

  /** How many nodes are away to load the model now. */
  async countLoading(wanted: Wanted): Promise<number> {
    return this.database.client.node.count({
      where: {
        state: 'OFFLINE',
        loadingDigest: wanted.modelDigest,
        switchedAt: { gt: new Date(this.clock.ms() - LOADING_MS) },
        AND: usableBy(wanted),
      },
    });
  }

  /** The name of a registered model. */
  async nameOf(modelDigest: string): Promise<string | undefined> {
    const row = await this.database.client.model.findUnique({ where: { digest: modelDigest } });
    return row?.name;
  }

  private async supply(digests: string[]): Promise<Map<string, Supply>> {
    const groups = await this.database.client.node.groupBy({
      by: ['modelDigest', 'state'],
      where: { modelDigest: { in: digests }, state: { in: ['EPHEMERAL', 'RESERVED'] } },
      _count: true,
    });
    const countOf = (digest: string, wanted: string): number =>
      groups.find(({ modelDigest, state }) => modelDigest === digest && state === wanted)?._count ?? 0;
    return new Map(
      digests.map((digest) => [
        digest,
        { free: countOf(digest, 'EPHEMERAL'), reserved: countOf(digest, 'RESERVED') },
      ]),
    );
  }
}
