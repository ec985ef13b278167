import { Fault, type Reason } from '@ganglion/contracts';
import type { Change, NodeFacts } from './change.js';

/** EPHEMERAL → RESERVED. Repeating the request of the session that holds it changes nothing. */
export const reserve = (node: NodeFacts, sessionId: string): Change | null => {
  if (node.state === 'RESERVED' && node.sessionId === sessionId) return null;
  if (node.state !== 'EPHEMERAL') {
    throw new Fault('CONFLICT', `node ${node.id} is ${node.state}, not EPHEMERAL; choose another one`, {
      state: node.state,
    });
  }
  return { path: ['RESERVED'], data: { sessionId } };
};

/**
 * A session lets go of a node: RESERVED → TESTING, DRAINING → OFFLINE. An end that speaks of another session than
 * the one that holds the node came late and changes nothing.
 */
export const release = (node: NodeFacts, sessionId: string, reason: Reason): Change | null => {
  if (node.sessionId !== sessionId) return null;
  const data = { sessionId: null };
  if (node.state === 'RESERVED') return { path: ['TESTING'], reason, data };
  if (node.state === 'DRAINING') return { path: ['OFFLINE'], reason, data };
  return { path: [], data };
};
