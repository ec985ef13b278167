import type { Challenge, NodeState } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { challengesOf } from './node-view.js';
import { NONCE_LIFETIME_MS } from './nonce.js';
import { PoolDatabase } from './pool-database.store.js';

export interface PresentNode {
  readonly id: string;
  readonly state: NodeState;
  readonly modelDigest: string;
  readonly lastSeenAt: Date | null;
  readonly joinedAt: Date;
  readonly sessionId: string | null;
  readonly dedicatedTo: string | null;
  /** When a test was last drawn for it while it served. */
  readonly drawnAt: Date | null;
  readonly testedAt: Date | null;
}

/** Who is there, and who should be. */
@Injectable()
export class PresenceStore {
  constructor(private readonly database: PoolDatabase) {}

  /**
   * Writes heartbeats, `[nodeId, epoch ms]`, in one statement; answers the nodes' states. A time never goes back:
   * another replica may have heard a later one.
   */
  async seen(
    heartbeats: readonly (readonly [string, number])[],
  ): Promise<{ id: string; state: NodeState }[]> {
    const ids = heartbeats.map(([id]) => id);
    const times = heartbeats.map(([, ms]) => new Date(ms).toISOString());
    return this.database.client.$queryRaw<{ id: string; state: NodeState }[]>`
      UPDATE "Node" AS n
         SET "lastSeenAt" = GREATEST(n."lastSeenAt", h.at)
        FROM unnest(${ids}::text[], ${times}::timestamptz[]) AS h(id, at)
       WHERE n.id = h.id
   RETURNING n.id, n.state::text AS state`;
  }

  /** The nodes that should be there. */
  async present(): Promise<PresentNode[]> {
    return this.database.client.node.findMany({
      where: { state: { in: ['TESTING', 'EPHEMERAL', 'RESERVED', 'DRAINING'] } },
      select: {
        id: true,
        state: true,
        modelDigest: true,
        lastSeenAt: true,
        joinedAt: true,
        sessionId: true,
        dedicatedTo: true,
        drawnAt: true,
        testedAt: true,
      },
      orderBy: { stateAt: 'asc' },
    });
  }

  /** Quarantined nodes whose back-off has ended. */
  async rested(now: Date): Promise<{ id: string; lastSeenAt: Date | null }[]> {
    return this.database.client.node.findMany({
      where: { state: 'QUARANTINED', OR: [{ wakeAt: null }, { wakeAt: { lte: now } }] },
      select: { id: true, lastSeenAt: true },
    });
  }

  /** Notes that tests were drawn for these nodes; answers for which, as another replica may have drawn too. */
  async keepDrawn(nodeIds: string[], { at, before }: { at: Date; before: Date }): Promise<Set<string>> {
    const rows = await this.database.client.node.updateManyAndReturn({
      where: {
        id: { in: nodeIds },
        state: 'RESERVED',
        OR: [{ drawnAt: null }, { drawnAt: { lte: before } }],
      },
      data: { drawnAt: at },
      select: { id: true },
    });
    return new Set(rows.map(({ id }) => id));
  }

  /** Names and challenges of models, by digest. */
  async examsFor(digests: string[]): Promise<Map<string, { model: string; challenges: Challenge[] }>> {
    const rows = await this.database.client.model.findMany({ where: { digest: { in: digests } } });
    return new Map(rows.map((row) => [row.digest, { model: row.name, challenges: challengesOf(row) }]));
  }

  /** How many nodes are in each state. */
  async countByState(): Promise<Map<NodeState, number>> {
    const groups = await this.database.client.node.groupBy({ by: ['state'], _count: { _all: true } });
    return new Map(groups.map(({ state, _count }) => [state, _count._all]));
  }

  /** Nonces that would be refused for their age need not be remembered. */
  async forgetOldNonces(now: Date): Promise<void> {
    const at = { lt: new Date(now.getTime() - 2 * NONCE_LIFETIME_MS) };
    await this.database.client.usedNonce.deleteMany({ where: { at } });
  }
}
