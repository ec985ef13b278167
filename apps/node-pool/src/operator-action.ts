import { Fault, type NodeAction, type NodeState, type Reason } from '@ganglion/contracts';
import type { Change, NodeFacts } from './change.js';
import { isLoading } from './model-switch.js';
import { isHeard } from './silence.js';

/** An operator's quarantine is no back-off: long enough to look into it, and ended earlier by a re-test. */
const QUARANTINE_MS = 24 * 3_600_000;

/** To retire is more than a move, and allowed wherever it is not done: `RevocationService` does it. */
export type NodeMove = Exclude<NodeAction, 'retire'>;

type Ways = Partial<Record<NodeState, readonly NodeState[]>>;

/** From each state in which the action may be done, the states that it enters; none: it is as wished, or nearly. */
const ways: Record<NodeAction, Ways> = {
  drain: {
    TESTING: ['DRAINING', 'OFFLINE'],
    EPHEMERAL: ['DRAINING', 'OFFLINE'],
    RESERVED: ['DRAINING'],
    DRAINING: [],
    OFFLINE: [],
    QUARANTINED: [],
  },
  quarantine: {
    TESTING: ['QUARANTINED'],
    EPHEMERAL: ['QUARANTINED'],
    RESERVED: ['QUARANTINED'],
    DRAINING: ['QUARANTINED'],
    OFFLINE: ['QUARANTINED'],
    QUARANTINED: [],
  },
  retest: {
    TESTING: [],
    EPHEMERAL: ['TESTING'],
    RESERVED: ['TESTING'],
    OFFLINE: ['TESTING'],
    QUARANTINED: ['TESTING'],
  },
  retire: {
    TESTING: ['RETIRED'],
    EPHEMERAL: ['RETIRED'],
    RESERVED: ['RETIRED'],
    DRAINING: ['RETIRED'],
    OFFLINE: ['RETIRED'],
    QUARANTINED: ['RETIRED'],
    RETIRED: [],
  },
};

/** What may be done with a node in this state. */
export const possibleActions = (state: NodeState): NodeAction[] =>
  (Object.keys(ways) as NodeAction[]).filter((action) => state in ways[action]);

/** How the history names an operator's deed: `operator_drain`, and by which API key and why. */
export const operatorReason = (action: NodeAction, by: string, why: string): Reason => ({
  code: `operator_${action}`,
  message: `by the API key ${by}: ${why}`,
});

/**
 * An operator's wish as a decision. Null when the node is already as wished.
 * @throws Fault `CONFLICT` naming the state and what may be done in it, or that the node must be started first
 */
export const act = (node: NodeFacts, action: NodeMove, { reason, now }: Deed): Change | null => {
  const path = ways[action][node.state];
  if (!path) throw impossible(node, action);
  const change = deeds[action](node, path, now);
  const isAsWished = change.path.length === 0 && Object.keys(change.data ?? {}).length === 0;
  return isAsWished ? null : { ...change, reason };
};

interface Deed {
  readonly reason: Reason;
  readonly now: Date;
}

type Decide = (node: NodeFacts, path: readonly NodeState[], now: Date) => Change;

const deeds: Record<NodeMove, Decide> = {
  // As on its own wish: it comes back by joining again, or when it is told to be tested.
  drain: (node, path, now) => ({ path, data: node.leftAt ? {} : { leftAt: now } }),
  quarantine: (node, path, now) => {
    const wakeAt = new Date(now.getTime() + QUARANTINE_MS);
    if (node.state !== 'QUARANTINED') return { path, data: { wakeAt, sessionId: null } };
    return { path, data: node.wakeAt && node.wakeAt >= wakeAt ? {} : { wakeAt } };
  },
  retest: (node, path, now) => {
    if (node.state === 'TESTING') return { path };
    const isThere = isHeard(node, now.getTime()) && !isLoading(node, now);
    if (!isThere && node.state === 'OFFLINE') throw absent(node);
    // What is away is not kept out any longer: its return leads to its test.
    const next: readonly NodeState[] = isThere || node.state !== 'QUARANTINED' ? path : ['OFFLINE'];
    return { path: next, data: { leftAt: null, wakeAt: null, sessionId: null } };
  },
};

const impossible = ({ id, state }: NodeFacts, action: NodeMove): Fault => {
  const possible = possibleActions(state);
  const instead = possible.length > 0 ? `possible: ${possible.join(', ')}` : 'try again in a moment';
  return new Fault('CONFLICT', `action: ${action} is not possible, as node ${id} is ${state}; ${instead}`, {
    field: 'action',
    state,
    possible,
  });
};

const absent = ({ id, state }: NodeFacts): Fault =>
  new Fault('CONFLICT', `action: node ${id} is ${state} and not heard; start its miner, and it is tested`, {
    field: 'action',
    state,
    possible: possibleActions(state).filter((action) => action !== 'retest'),
  });
