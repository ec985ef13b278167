import type { AssignmentState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/** A node's time in a session: an ENDING one takes no new task and ends with its last running attempt. */
export const assignmentLifecycle = lifecycle<AssignmentState>({
  name: 'assignment',
  initial: 'ACTIVE',
  moves: { ACTIVE: ['ENDING', 'ENDED'], ENDING: ['ENDED'], ENDED: [] },
});
