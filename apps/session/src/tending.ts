import type { OutputOf, Reason, sessionQueue, SessionParameters } from '@ganglion/contracts';

export type Load = OutputOf<typeof sessionQueue.load>['sessions'][number];
type NodeLoad = Load['nodes'][number];

export interface Tended {
  readonly isShared: boolean;
  /** Whether it may have more nodes than it needs; a shared session steps back while explicit ones lack theirs. */
  readonly mayGrow: boolean;
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

export const activeNodes = ({ nodes }: Load): NodeLoad[] => nodes.filter(({ ending }) => !ending);

/** Does work wait that one more node would help? */
export const isStarved = ({ queued, oldestQueuedMs }: Load): boolean =>
  queued > 0 && oldestQueuedMs > PATIENCE_MS;

/**
 * What a session needs: refill below `minNodes` and below what one of its tasks wants at once, growth while work waits,
 * rotation of nodes whose reservation is over (a replacement first, one at a time, never below what is needed), and
 * shrinking: a shared session when idle, any session when it came to more than `maxNodes`.
 */
export const plan = ({ isShared, mayGrow, parameters }: Tended, load: Load, nowMs: number): Plan => {
  const { minNodes, maxNodes } = parameters;
  const active = activeNodes(load);
  const isFull = active.length >= minNodes;
  const needed = Math.max(minNodes, Math.min(load.redundancy, maxNodes));
  const missing = Math.max(0, needed - active.length);
  const isShort = isStarved(load);
  const due = active
    .filter((node) => isOver(node, parameters, nowMs))
    .sort((a, b) => a.since.localeCompare(b.since))[0];
  if (due && active.length === load.nodes.length) {
    const canGo = active.length > needed;
    return { want: canGo ? 0 : Math.max(1, missing), release: canGo ? [due.nodeId] : [], isFull };
  }
  if (active.length > maxNodes && !due)
    return { want: 0, release: idsOf(leastBusy(active).slice(0, active.length - maxNodes)), isFull };
  const want = Math.max(missing, isShort && mayGrow && active.length < maxNodes ? 1 : 0);
  if (!isShared || want > 0 || isShort || active.length <= needed) return { want, release: [], isFull };
  const idle = active.filter(({ inFlight, idleMs }) => inFlight === 0 && idleMs > IDLE_MS);
  return { want, release: idsOf(idle.slice(0, 1)), isFull };
};

/**
 * Nodes that a shared session can spare for an explicit one, idle ones first; a busy one ends its tasks before it
 * goes. Never its last, nor those that one of its tasks needs at once.
 */
export const spareNodes = (load: Load, wanted: number): string[] => {
  const active = activeNodes(load);
  const spare = active.length - Math.max(1, load.redundancy);
  return idsOf(leastBusy(active).slice(0, Math.max(0, Math.min(wanted, spare))));
};

/** What a session that lacks nodes waits for, in words for its owner. */
export const waitsFor = (
  lacking: number,
  { testing, loading }: { testing: number; loading: number },
): Reason => {
  const nodes = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);
  const sources = [
    ...(loading > 0 ? [`${nodes(loading)} that load${loading === 1 ? 's' : ''} the model now`] : []),
    ...(testing > 0 ? [`${nodes(testing)} in ${testing === 1 ? 'its' : 'their'} test`] : []),
  ];
  const code = loading > 0 ? 'loading_model' : testing > 0 ? 'nodes_in_test' : 'lacking_nodes';
  const from = sources.length > 0 ? sources.join(' and ') : 'nodes that others give back';
  return { code, message: `${nodes(lacking)} lacking; waits for ${from}` };
};

const isOver = (
  { since, tasksDone }: NodeLoad,
  { reserveSeconds, maxTasks }: Tended['parameters'],
  nowMs: number,
): boolean => tasksDone >= maxTasks || nowMs - Date.parse(since) >= reserveSeconds * 1_000;

const leastBusy = (nodes: readonly NodeLoad[]): NodeLoad[] =>
  [...nodes].sort((a, b) => a.inFlight - b.inFlight || b.idleMs - a.idleMs);

const idsOf = (nodes: readonly NodeLoad[]): string[] => nodes.map(({ nodeId }) => nodeId);
