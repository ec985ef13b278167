import type { Reason } from '@ganglion/contracts';
import type { Change, NodeFacts } from './change.js';

/** A node that was told to load another model keeps it this long at least: two sessions must not swing it to and fro. */
const COOL_DOWN_MS = 600_000;
/** A node that loads closes its connection at once. Whoever still beats after this was not reached by the order. */
const BELIEVED_MS = 15_000;
/** A model that takes longer to load is not waited for. */
export const LOADING_MS = 600_000;

/** An idle node that could load the model that is wanted. */
export interface Loader {
  readonly id: string;
  /** Of the model that it has loaded. */
  readonly modelDigest: string;
  readonly memoryBytes: number;
  readonly idleSince: Date;
  readonly switchedAt: Date | null;
}

/** How many nodes of a model are free, and how many at work for sessions. */
export interface Supply {
  readonly free: number;
  readonly reserved: number;
}

const isCooling = ({ switchedAt }: { switchedAt: Date | null }, now: Date): boolean =>
  switchedAt !== null && now.getTime() - switchedAt.getTime() < COOL_DOWN_MS;

/**
 * Which of the idle nodes are told to load the model, at most `wanted`: those with most memory first, of equals the one
 * that has been idle longest. Of a model that sessions use now, one free node stays: the next session, or a node that
 * is lost, needs it.
 */
export const chooseLoaders = (
  loaders: readonly Loader[],
  { supply, wanted, now }: { supply: ReadonlyMap<string, Supply>; wanted: number; now: Date },
): string[] => {
  const free = new Map([...supply].map(([digest, { free: count }]) => [digest, count]));
  const chosen: string[] = [];
  const best = [...loaders].sort(
    (a, b) => b.memoryBytes - a.memoryBytes || a.idleSince.getTime() - b.idleSince.getTime(),
  );
  for (const loader of best) {
    if (chosen.length >= wanted) break;
    const { id, modelDigest } = loader;
    const left = free.get(modelDigest) ?? 0;
    const isInDemand = (supply.get(modelDigest)?.reserved ?? 0) > 0;
    if (isCooling(loader, now) || (isInDemand && left <= 1)) continue;
    free.set(modelDigest, left - 1);
    chosen.push(id);
  }
  return chosen;
};

/** EPHEMERAL → OFFLINE: it is about to be told to load another model, and comes back by joining with it. */
export const startLoading = (node: NodeFacts, modelDigest: string, now: Date): Change | null => {
  if (node.state !== 'EPHEMERAL' || isCooling(node, now)) return null;
  const reason = { code: 'loading', message: 'it loads another model, which a session waits for' };
  return { path: ['OFFLINE'], reason, data: { loadingDigest: modelDigest, switchedAt: now } };
};

/** It did not take the order: its next heartbeat brings it back, and nobody asks it again for a while. */
export const stopLoading = (node: NodeFacts, modelDigest: string): Change | null =>
  node.loadingDigest === modelDigest ? { path: [], data: { loadingDigest: null } } : null;

/** Is it away to load a model, as far as can be told from a heartbeat that it still sends? */
export const isLoading = ({ loadingDigest, switchedAt }: NodeFacts, now: Date): boolean =>
  loadingDigest !== null && switchedAt !== null && now.getTime() - switchedAt.getTime() < BELIEVED_MS;

/** Why a node that was told to load a model is back; null for one that was not. */
export const whyBack = (
  { loadingDigest }: NodeFacts,
  { modelDigest, problem }: { modelDigest: string; problem: string | undefined },
): Reason | null => {
  if (loadingDigest === null) return null;
  if (loadingDigest === modelDigest)
    return { code: 'loaded', message: 'it has loaded the model it was told to' };
  const message = `it is back with its former model: ${problem ?? 'it says nothing of the one it was told to load'}`;
  return { code: 'load_failed', message: message.slice(0, 1_024) };
};
