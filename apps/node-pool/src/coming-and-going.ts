import { Fault, type NodeState, type Reason } from '@ganglion/contracts';
import type { Change, NodeFacts } from './change.js';
import { isLoading, whyBack } from './model-switch.js';

/** States that end when the connection does. QUARANTINED is not one: hanging up must not shorten it. */
const present: readonly NodeState[] = ['TESTING', 'EPHEMERAL', 'RESERVED', 'DRAINING'];

export const isPresent = ({ state }: Pick<NodeFacts, 'state'>): boolean => present.includes(state);

/**
 * A known node joins again. Whatever its former process was doing is over, so a node that was there goes OFFLINE
 * first: its session's queue must hear that. One that never spoke since it last joined is only repeating itself.
 */
export const rejoin = (
  node: NodeFacts,
  now: Date,
  declared: { modelDigest: string; problem: string | undefined },
): Change => {
  if (node.state === 'RETIRED') {
    throw new Fault('FORBIDDEN', `nodeId: ${node.id} is retired; join with a new key`);
  }
  const data = { joinedAt: now, lastSeenAt: null, leftAt: null, loadingDigest: null };
  if (node.state === 'QUARANTINED') return { path: [], data };
  if (node.state === 'OFFLINE') {
    const back = whyBack(node, declared);
    return { path: ['TESTING'], ...(back ? { reason: back } : {}), data };
  }
  if (node.state === 'TESTING' && !node.lastSeenAt) return { path: [], data };
  const reason = { code: 'restarted', message: 'it joined again: its former process is gone' };
  return { path: ['OFFLINE', 'TESTING'], reason, data: { ...data, sessionId: null } };
};

/** A heartbeat that must be written at once: the first since it joined, or of a node that was thought gone. */
export const appear = (node: NodeFacts, now: Date): Change => ({
  path: node.state === 'OFFLINE' && !node.leftAt && !isLoading(node, now) ? ['TESTING'] : [],
  data: { lastSeenAt: now },
});

/** The node's operator wants it out. In a session it finishes what it has; otherwise it may go at once. */
export const leave = (node: NodeFacts, now: Date): Change | null => {
  const reason = { code: 'left', message: "it left on its operator's wish" };
  if (node.state === 'RESERVED') return { path: ['DRAINING'], reason, data: { leftAt: now } };
  if (node.state === 'TESTING' || node.state === 'EPHEMERAL') {
    return { path: ['DRAINING', 'OFFLINE'], reason, data: { leftAt: now } };
  }
  return node.leftAt ? null : { path: [], data: { leftAt: now } };
};

/** It is not there any more, for this reason. */
export const vanish = (node: NodeFacts, reason: Reason): Change | null =>
  isPresent(node) ? { path: ['OFFLINE'], reason, data: { sessionId: null } } : null;

/** Out for good. */
export const retire = (node: NodeFacts, reason: Reason): Change | null =>
  node.state === 'RETIRED' ? null : { path: ['RETIRED'], reason, data: { sessionId: null } };
