import type { AttemptState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/** One miner's try at a task. */
export const attemptLifecycle = lifecycle<AttemptState>({
  name: 'attempt',
  initial: 'OFFERED',
  moves: {
    OFFERED: ['ACKED', 'REFUSED', 'REJECTED', 'LOST', 'CANCELLED'],
    ACKED: ['STREAMING', 'REJECTED', 'LOST', 'CANCELLED'],
    STREAMING: ['PRECOMMITTED', 'REJECTED', 'LOST', 'CANCELLED'],
    PRECOMMITTED: ['COMMITTED', 'REJECTED', 'LOST', 'CANCELLED'],
    COMMITTED: ['ACCEPTED', 'REJECTED', 'CANCELLED'],
    ACCEPTED: [],
    REFUSED: [],
    REJECTED: [],
    LOST: [],
    CANCELLED: [],
  },
});

/** States in which messages of the attempt's miner are applied. */
export const liveAttemptStates = ['OFFERED', 'ACKED', 'STREAMING', 'PRECOMMITTED', 'COMMITTED'] as const;
