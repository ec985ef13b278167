import type { NodeState, NodeView, nodePool, OutputOf } from '@ganglion/contracts';
import { hearOnce, history } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import type { Change, NodeFacts } from './change.js';
import { applyChange, lockNode } from './node-move.store.js';
import { viewNode } from './node-view.js';
import { PoolDatabase, PoolOutbox } from './pool-database.store.js';

const withModel = { model: { select: { name: true } } } as const;

/** Why a change was asked for: with the id of an event it happens once, however often that is delivered. */
export interface Cause {
  readonly eventId?: string;
}

/** The rows of nodes: one decision at a time per node. */
@Injectable()
export class NodeStore {
  readonly #log = new Logger('Node');

  constructor(
    private readonly database: PoolDatabase,
    private readonly outbox: PoolOutbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Locks the node, decides by its row, and applies the decision with its events in one transaction. Answers the
   * node as it is then; undefined when there is no such node, or the event was heard before. What `decide` throws
   * leaves everything as it was.
   */
  async change(
    nodeId: string,
    decide: (node: NodeFacts, now: Date) => Change | null,
    { eventId }: Cause = {},
  ): Promise<NodeView | undefined> {
    const now = this.clock.now();
    let from: NodeState | undefined;
    const view = await this.database.transaction(async (tx) => {
      if (eventId !== undefined && !(await hearOnce(tx, eventId, now))) return undefined;
      const row = await lockNode(tx, nodeId);
      if (!row) return undefined;
      from = row.state;
      const change = decide(row, now);
      return viewNode(change ? await applyChange(tx, row, change, now) : row);
    });
    this.outbox.wake();
    if (view && view.state !== from)
      this.#log.log({ nodeId, from, to: view.state, reason: view.reason?.code });
    return view;
  }

  async get(nodeId: string): Promise<OutputOf<typeof nodePool.get> | undefined> {
    const row = await this.database.client.node.findUnique({ where: { id: nodeId }, include: withModel });
    return row
      ? { ...viewNode(row), history: await history(this.database.client, 'node', nodeId) }
      : undefined;
  }

  /** The digest of the model that a node has loaded; undefined when there is no such node. */
  async modelOf(nodeId: string): Promise<string | undefined> {
    const row = await this.database.client.node.findUnique({
      where: { id: nodeId },
      select: { modelDigest: true },
    });
    return row?.modelDigest;
  }

  /** Nodes in the order of their ids, after `cursor`. */
  async list(page: { cursor?: string; limit: number; state?: NodeState }): Promise<NodeView[]> {
    const rows = await this.database.client.node.findMany({
      where: {
        ...(page.state ? { state: page.state } : {}),
        ...(page.cursor === undefined ? {} : { id: { gt: page.cursor } }),
      },
      orderBy: { id: 'asc' },
      take: page.limit,
      include: withModel,
    });
    return rows.map(viewNode);
  }

  /** Who was retired since then, and when. */
  async retiredSince(since: Date): Promise<Map<string, Date>> {
    const rows = await this.database.client.node.findMany({
      where: { state: 'RETIRED', stateAt: { gte: since } },
      select: { id: true, stateAt: true },
    });
    return new Map(rows.map(({ id, stateAt }) => [id, stateAt]));
  }
}
