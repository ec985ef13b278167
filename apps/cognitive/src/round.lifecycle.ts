import type { RoundState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/** A health test, from the oracle's wish to the last verdict. */
export const roundLifecycle = lifecycle<RoundState>({
  name: 'round',
  initial: 'REQUESTED',
  moves: {
    REQUESTED: ['CREATED', 'ABORTED'],
    CREATED: ['PREPARED', 'ABORTED'],
    PREPARED: ['STARTED', 'ABORTED'],
    STARTED: ['PRECOMMITTING', 'ABORTED'],
    PRECOMMITTING: ['COMMITTING', 'ENDED', 'ABORTED'],
    COMMITTING: ['ENDED', 'ABORTED'],
    ENDED: [],
    ABORTED: [],
  },
});
