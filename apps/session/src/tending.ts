import type { OutputOf, sessionQueue, SessionParameters } from '@ganglion/contracts';

export type Load = OutputOf<typeof sessionQueue.load>['sessions'][number];

export interface Tended {
  readonly isShared: boolean;
  readonly parameters: Pick<SessionParameters, 'minNodes' | 'maxNodes' | 'reserveSeconds' | 'maxTasks'>;
}

export interface Plan {
  /** Nodes to gather now. */
  readonly want: number;
  /** Nodes to give back now. */
  readonly release: readonly string[];
  readonly isFull: boolean;
}

/** Work that waits longer than this asks for another node. */
const PATIENCE_MS = 300;
/** A shared session's spare node that did nothing for this long goes back to the pool. */
const IDLE_MS = 30_000;

/**
 * What a session needs: refill below `minNodes`, growth while work waits, rotation of nodes whose reservation is
 * over (a replacement first, one at a time, never below `minNodes`), and, if shared, shrinking when idle.
 */
export const plan = ({ isShared, parameters }: Tended, load: Load, nowMs: number): Plan => {
  const { minNodes, maxNodes, reserveSeconds, maxTasks } = parameters;
  const active = load.nodes.filter(({ ending }) => !ending);
  const isFull = active.length >= minNodes;
  const isStarved = load.queued > 0 && load.oldestQueuedMs > PATIENCE_MS;
  const missing = Math.max(0, minNodes - active.length);
  const growth = isStarved && active.length < maxNodes ? 1 : 0;
  const isOver = ({ since, tasksDone }: Load['nodes'][number]): boolean =>
    tasksDone >= maxTasks || nowMs - Date.parse(since) >= reserveSeconds * 1_000;
  const due = active.filter(isOver).sort((a, b) => a.since.localeCompare(b.since))[0];
  const isRotating = load.nodes.some(({ ending }) => ending);
  if (due && !isRotating) {
    const canGo = active.length > minNodes;
    return { want: canGo ? 0 : Math.max(1, missing), release: canGo ? [due.nodeId] : [], isFull };
  }
  const want = Math.max(missing, growth);
  if (!isShared || want > 0 || isStarved) return { want, release: [], isFull };
  const idle = active.filter(({ inFlight, idleMs }) => inFlight === 0 && idleMs > IDLE_MS);
  const spare = active.length > minNodes ? idle.slice(0, 1) : [];
  return { want, release: spare.map(({ nodeId }) => nodeId), isFull };
};

/** Idle nodes that a shared session can spare for an explicit one: never its last. */
export const spareNodes = (load: Load, wanted: number): string[] => {
  const active = load.nodes.filter(({ ending }) => !ending);
  const idle = active.filter(({ inFlight }) => inFlight === 0).sort((a, b) => b.idleMs - a.idleMs);
  return idle.slice(0, Math.min(wanted, Math.max(0, active.length - 1))).map(({ nodeId }) => nodeId);
};
