import { type Event, nodePool, type NodeState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/**
 * A node's life. A node passes REGISTERED on its first join only. Going silent never leaves QUARANTINED before its
 * back-off has ended, and OFFLINE leads back through TESTING only: nothing serves untested.
 */
export const nodeLifecycle = lifecycle({
  name: 'node',
  initial: 'REGISTERED',
  moves: {
    REGISTERED: ['TESTING'],
    TESTING: ['EPHEMERAL', 'QUARANTINED', 'OFFLINE', 'DRAINING', 'RETIRED'],
    EPHEMERAL: ['TESTING', 'RESERVED', 'QUARANTINED', 'OFFLINE', 'DRAINING', 'RETIRED'],
    RESERVED: ['TESTING', 'QUARANTINED', 'OFFLINE', 'DRAINING', 'RETIRED'],
    QUARANTINED: ['TESTING', 'OFFLINE', 'RETIRED'],
    OFFLINE: ['TESTING', 'QUARANTINED', 'RETIRED'],
    DRAINING: ['OFFLINE', 'QUARANTINED', 'RETIRED'],
    RETIRED: [],
  },
});

/** The event that tells of each state's entry. */
export const nodeEvents: Readonly<Record<NodeState, Event>> = {
  REGISTERED: nodePool.nodeRegistered,
  TESTING: nodePool.nodeTesting,
  EPHEMERAL: nodePool.nodeEphemeral,
  RESERVED: nodePool.nodeReserved,
  QUARANTINED: nodePool.nodeQuarantined,
  OFFLINE: nodePool.nodeOffline,
  DRAINING: nodePool.nodeDraining,
  RETIRED: nodePool.nodeRetired,
};
