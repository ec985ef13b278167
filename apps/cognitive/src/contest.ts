import type { RoundFacts } from './round-facts.js';
import { isPending } from './round-facts.js';

/** Participants that agree with one another against the reference, before it is thought to be the false one. */
const ENOUGH_TO_OVERRULE = 3;
/** Why a participant is excused whose reference lost. */
export const OVERRULED = 'reference_overruled';

/** Does the reference hold against the participants? `open`: those that are still at work may decide. */
export type Contest = 'stands' | 'open' | 'overruled';

/**
 * Nodes that make a test can be wrong, and their participants right. All are of one determinism class, so equal answers
 * are equal bit by bit: when at least three participants give the same other answer, and are more than those that agree
 * with the reference even if everyone still at work did, it is the reference that loses.
 * The oracle's challenges are vouched for by whoever registered the model, and stand.
 * @param isLate nobody is waited for any more
 */
export const contestOf = ({ reference, participants }: RoundFacts, isLate: boolean): Contest => {
  if (reference === null) return 'stands';
  const answers = participants.map(({ answer }) => answer).filter((answer) => answer !== null);
  const agreeing = answers.filter((answer) => answer === reference).length;
  const against = largestOf(answers.filter((answer) => answer !== reference));
  if (against === 0) return 'stands';
  const waiting = isLate ? 0 : participants.filter((p) => isPending(p) && p.answer === null).length;
  if (against >= ENOUGH_TO_OVERRULE && against > agreeing + waiting) return 'overruled';
  const most = against + waiting;
  return waiting > 0 && most >= ENOUGH_TO_OVERRULE && most > agreeing ? 'open' : 'stands';
};

/** How many the most frequent of them is. */
const largestOf = (answers: readonly string[]): number => {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};
