import type { SessionState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/** A shared session goes back and forth between READY and DEGRADED; an explicit one ends. */
export const sessionLifecycle = lifecycle<SessionState>({
  name: 'session',
  initial: 'REQUESTED',
  moves: {
    REQUESTED: ['RESERVING', 'FAILED'],
    RESERVING: ['READY', 'CLOSING', 'FAILED', 'EXPIRED'],
    READY: ['DEGRADED', 'CLOSING', 'EXPIRED'],
    DEGRADED: ['READY', 'CLOSING', 'EXPIRED'],
    CLOSING: ['CLOSED'],
    CLOSED: [],
    FAILED: [],
    EXPIRED: [],
  },
});

/** States in which a session takes tasks; the queue holds them until there are nodes. */
export const openStates = ['RESERVING', 'READY', 'DEGRADED'] as const;
