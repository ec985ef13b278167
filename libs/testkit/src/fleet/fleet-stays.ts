import type { NodeMove } from './fleet-history.js';

/** A node in a state, from one move to the next. Times are epoch ms. */
export interface Stay {
  readonly state: string;
  readonly from: number;
  readonly to: number;
  readonly reason: NodeMove['reason'];
  /** Of a RESERVED one. */
  readonly sessionId: string | null;
}

/** Each node's stays in their order; the last one ends at `until`. */
export const staysOf = (moves: readonly NodeMove[], until: number): Map<string, Stay[]> => {
  const byNode = new Map<string, Stay[]>();
  for (const { nodeId, to, at, reason, sessionId } of moves) {
    const stays = byNode.get(nodeId) ?? [];
    const last = stays.pop();
    if (last) stays.push({ ...last, to: at });
    byNode.set(nodeId, [...stays, { state: to, from: at, to: until, reason, sessionId }]);
  }
  return byNode;
};

/** Is it in a state in which it serves, or may at once? */
export const isInService = (state: string): boolean => state === 'EPHEMERAL' || state === 'RESERVED';

/** The state at a time; undefined before its first. */
export const stateAt = (stays: readonly Stay[], at: number): string | undefined =>
  stays.findLast(({ from }) => from <= at)?.state;

/** How long between two times a node was in service, in ms. */
export const serviceMs = (stays: readonly Stay[], from: number, to: number): number =>
  stays
    .filter(({ state }) => isInService(state))
    .reduce((sum, stay) => sum + Math.max(0, Math.min(stay.to, to) - Math.max(stay.from, from)), 0);
