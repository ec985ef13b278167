import type { AuditOutcome, AuditState } from '@ganglion/contracts';

/** How long an audit waits for the end of its task and for verifiers, from its draw. */
export const PATIENCE_MS = 15 * 60_000;

/** What one verifier said of an answer. */
export interface Vote {
  readonly nodeId: string;
  readonly determinismClass: string;
  readonly isFalse: boolean;
}

/**
 * Where an audit goes when the last of these has spoken; null: it stays, for another verifier. Nobody is accused on the word
 * of one: where the first finds an answer false, two that agree decide.
 */
export const afterVotes = (votes: readonly Vote[]): AuditState | null => {
  const against = votes.filter(({ isFalse }) => isFalse).length;
  const inFavour = votes.length - against;
  if (against >= 2) return 'FAILED';
  if (against === 0 || inFavour >= 2) return 'PASSED';
  return votes.length === 1 ? 'CONFIRMING' : null;
};

/**
 * The verifier that is wrong for certain when an audit ends by two against one. Scores of one claim are the same bits on all
 * nodes of a determinism class, so who differs from two of its class has not computed them; across classes nobody is blamed.
 */
export const outvotedIn = (votes: readonly Vote[]): Vote | null => {
  if (votes.length !== 3 || new Set(votes.map((vote) => vote.determinismClass)).size > 1) return null;
  const [alone] = [true, false]
    .map((isFalse) => votes.filter((vote) => vote.isFalse === isFalse))
    .filter((camp) => camp.length === 1);
  return alone?.[0] ?? null;
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
