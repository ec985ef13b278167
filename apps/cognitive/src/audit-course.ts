import type { AuditOutcome, AuditState } from '@ganglion/contracts';

/** How long an audit waits for the end of its task and for verifiers, from its draw. */
export const PATIENCE_MS = 15 * 60_000;

/** Where an audit goes when a verifier has spoken: nobody is accused on the word of one. */
export const afterScore = (state: 'SCORING' | 'CONFIRMING', isFalse: boolean): AuditState => {
  if (state === 'SCORING') return isFalse ? 'CONFIRMING' : 'PASSED';
  return isFalse ? 'FAILED' : 'UNDECIDED';
};

/** Where an audit ends that nobody completes. */
export const atGivingUp = (state: AuditState): 'UNDECIDED' | 'UNVERIFIABLE' =>
  state === 'CONFIRMING' ? 'UNDECIDED' : 'UNVERIFIABLE';

const outcomes: Partial<Record<AuditState, AuditOutcome>> = {
  PASSED: 'passed',
  FAILED: 'failed',
  UNDECIDED: 'undecided',
  UNVERIFIABLE: 'unverifiable',
};

/** What a final state is called to the other modules; undefined for a state that is not final. */
export const outcomeOf = (state: AuditState): AuditOutcome | undefined => outcomes[state];

/** A verifier has this long, by the tokens it is to run: far longer than any node that passes its tests. */
export const scoreMs = (tokens: number): number => 20_000 + 20 * tokens;
