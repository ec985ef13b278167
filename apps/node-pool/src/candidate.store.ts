import type { NodeView, Sla } from '@ganglion/contracts';
import type { Prisma } from '@ganglion/database/node-pool';
import { Injectable } from '@nestjs/common';
import { type NodeRow, viewNode } from './node-view.js';
import { NEWCOMER_UNTIL_TESTS } from './newcomers.js';
import { PoolDatabase } from './pool-database.store.js';

export interface Wanted {
  modelDigest: string;
  mode: 'ephemeral' | 'hybrid' | 'dedicated';
  /** Null for a session of the network: no dedicated node serves it. */
  owner: string | null;
  limit: number;
  sla?: Sla | undefined;
}

/** A candidate: what the ranking needs beside the view. */
export interface Candidate {
  readonly score: number | null;
  readonly tests: number;
  readonly dedicated: boolean;
  readonly tokensPerSecond: number | null;
  readonly view: NodeView;
}

/** Whose nodes a session of this mode may use: `ephemeral` the network's, `dedicated` its owner's, `hybrid` both. */
export const usableBy = ({ mode, owner }: Wanted): Prisma.NodeWhereInput => {
  const ofNetwork = { dedicatedTo: null };
  if (mode === 'ephemeral') return ofNetwork;
  // An owner of null must match nobody's nodes here: in SQL terms it would match the network's.
  const ofOwner = owner === null ? { id: { in: [] } } : { dedicatedTo: owner };
  return mode === 'dedicated' ? ofOwner : { OR: [ofOwner, ofNetwork] };
};

/** The level that a node of the network needs. A level from 1 on takes 2^level − 1 successes: docs/reputation.md. */
const leastLevel: Readonly<Record<Sla, number>> = { low: 0, medium: 3, high: 6 };

/** Whoever serves its own owner needs no level: the owner chose it. */
export const goodFor = ({ sla = 'low' }: Wanted): Prisma.NodeWhereInput =>
  sla === 'low' ? {} : { OR: [{ dedicatedTo: { not: null } }, { level: { gte: leastLevel[sla] } }] };

/** Which nodes could serve a session. */
@Injectable()
export class CandidateStore {
  constructor(private readonly database: PoolDatabase) {}

  /** Free nodes: the best known ones, and the newcomers that have waited longest; `limit` of each. */
  async free(wanted: Wanted): Promise<Candidate[]> {
    const where: Prisma.NodeWhereInput = {
      state: 'EPHEMERAL',
      modelDigest: wanted.modelDigest,
      AND: [usableBy(wanted), goodFor(wanted)],
    };
    const include = { model: { select: { name: true } } } as const;
    const ownFirst = { dedicatedTo: { sort: 'asc', nulls: 'last' } } as const;
    const [known, newcomers] = await Promise.all([
      this.database.client.node.findMany({
        where: { ...where, score: { not: null }, tests: { gte: NEWCOMER_UNTIL_TESTS } },
        // Own nodes come before the network's, so none of them may be cut off by the limit.
        orderBy: [ownFirst, { score: 'desc' }],
        take: wanted.limit,
        include,
      }),
      this.database.client.node.findMany({
        where: { ...where, OR: [{ score: null }, { tests: { lt: NEWCOMER_UNTIL_TESTS } }] },
        orderBy: [ownFirst, { stateAt: 'asc' }],
        take: wanted.limit,
        include,
      }),
    ]);
    return [...known, ...newcomers].map((row: NodeRow) => ({
      score: row.score,
      tests: row.tests,
      dedicated: row.dedicatedTo !== null,
      tokensPerSecond: row.tokensPerSecond,
      view: viewNode(row),
    }));
  }

  /**
   * How many nodes could ever serve it (all that may come back to EPHEMERAL and have the model, or may load it), and
   * how many that have it are being tested.
   */
  async countAble(wanted: Wanted): Promise<{ total: number; testing: number }> {
    const { modelDigest } = wanted;
    const { node } = this.database.client;
    const [total, testing] = await Promise.all([
      node.count({
        where: {
          state: { not: 'RETIRED' },
          OR: [{ modelDigest }, { loadable: { has: modelDigest } }],
          AND: usableBy(wanted),
        },
      }),
      node.count({ where: { state: 'TESTING', modelDigest, AND: usableBy(wanted) } }),
    ]);
    return { total, testing };
  }
}
