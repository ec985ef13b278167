import type { ModelView } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { viewModel } from './node-view.js';
import { PoolDatabase } from './pool-database.store.js';

/** The models that may be served. */
@Injectable()
export class ModelStore {
  constructor(private readonly database: PoolDatabase) {}

  /** All of them, the latest first, with the number of nodes that serve each now (free or reserved). */
  async list(): Promise<ModelView[]> {
    const rows = await this.database.client.model.findMany({
      orderBy: [{ registeredAt: 'desc' }, { digest: 'asc' }],
      include: { _count: { select: { nodes: { where: { state: { in: ['EPHEMERAL', 'RESERVED'] } } } } } },
    });
    return rows.map(({ _count, ...row }) => viewModel(row, _count.nodes));
  }
}
