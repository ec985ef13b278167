import type { TaskState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/** A task ends exactly once; QUEUED again means that an attempt failed before anything was shown. */
export const taskLifecycle = lifecycle<TaskState>({
  name: 'task',
  initial: 'QUEUED',
  moves: {
    QUEUED: ['DISPATCHED', 'CANCELLED', 'FAILED', 'EXPIRED'],
    DISPATCHED: ['STREAMING', 'QUEUED', 'CANCELLING', 'FAILED', 'EXPIRED'],
    STREAMING: ['PRECOMMITTED', 'QUEUED', 'CANCELLING', 'FAILED', 'EXPIRED'],
    PRECOMMITTED: ['REVEALING', 'QUEUED', 'CANCELLING', 'FAILED', 'EXPIRED'],
    REVEALING: ['FINALISED', 'QUEUED', 'FAILED', 'EXPIRED'],
    CANCELLING: ['CANCELLED'],
    FINALISED: [],
    CANCELLED: [],
    FAILED: [],
    EXPIRED: [],
  },
});
