import type { AuditState } from '@ganglion/contracts';
import { lifecycle } from '@ganglion/database';

/** An audit of one answer, from its draw to its outcome. */
export const auditLifecycle = lifecycle<AuditState>({
  name: 'audit',
  initial: 'DRAWN',
  moves: {
    DRAWN: ['SCORING', 'FAILED', 'UNVERIFIABLE'],
    SCORING: ['PASSED', 'CONFIRMING', 'UNVERIFIABLE'],
    CONFIRMING: ['FAILED', 'PASSED', 'UNDECIDED'],
    PASSED: [],
    FAILED: [],
    UNDECIDED: [],
    UNVERIFIABLE: [],
  },
});
