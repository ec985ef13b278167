import type { NodeState, Reason } from '@ganglion/contracts';
import { move, note } from '@ganglion/database';
import { type Node, Prisma } from '@ganglion/database/node-pool';
import type { Change } from './change.js';
import { nodeEvents, nodeLifecycle } from './node.lifecycle.js';
import type { NodeRow } from './node-view.js';
import type { Tx } from './pool-database.store.js';

/** Locks a node's row until the transaction ends: what is decided by it holds. */
export const lockNode = async (tx: Tx, nodeId: string): Promise<NodeRow | null> => {
  await tx.$queryRaw`SELECT 1 FROM "Node" WHERE id = ${nodeId} FOR UPDATE`;
  return readNode(tx, nodeId);
};

export const readNode = (tx: Tx, nodeId: string): Promise<NodeRow | null> =>
  tx.node.findUnique({ where: { id: nodeId }, include: { model: { select: { name: true } } } });

/**
 * Applies a decision to a locked row: every state on its path is a move with an event of its own. `columns` are
 * written beside those of the decision.
 */
export const applyChange = async (
  tx: Tx,
  row: NodeRow,
  change: Change & { columns?: object },
  at: Date,
): Promise<NodeRow> => {
  const { path, reason, data } = change;
  const columns = { ...data, ...change.columns };
  if (path.length === 0) {
    await tx.node.update({ where: { id: row.id }, data: columns });
    if (reason) await note(tx, { entity: nodeLifecycle.name, entityId: row.id, reason, at });
  }
  let { state, sessionId } = row;
  for (const to of path) {
    const moved = await move(tx, nodeLifecycle, {
      delegate: tx.node,
      id: row.id,
      from: state,
      to,
      at,
      ...(reason ? { reason } : {}),
      data: { ...columns, stateAt: at, reason: reason ?? Prisma.DbNull },
      says: {
        event: nodeEvents[to],
        payload: (now: Node, version: number) =>
          fact({ ...now, sessionId: now.sessionId ?? sessionId }, { version, reason, at }),
      },
    });
    if (!moved) throw new Error(`node ${row.id} left ${state} although its row was locked`);
    ({ state, sessionId } = moved);
  }
  const changed = await readNode(tx, row.id);
  if (!changed) throw new Error(`node ${row.id} is gone although its row was locked`);
  return changed;
};

/** The payload of a node's event. A node that leaves a session names it once more: whoever hears it need not ask. */
export const fact = (
  row: { id: string; state: NodeState; modelDigest: string; sessionId: string | null },
  { version, reason, at }: { version: number; reason?: Reason | undefined; at: Date },
) => ({
  nodeId: row.id,
  state: row.state,
  reason: reason ?? null,
  modelDigest: row.modelDigest,
  sessionId: row.sessionId,
  version,
  at: at.toISOString(),
});
