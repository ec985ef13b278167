import { randomBytes } from 'node:crypto';
import { logprobsDigest, precommitDigest, signCommit } from '@ganglion/commitment';
import type { CommitData } from '@ganglion/contracts';
import type { Attempt } from './attempt.js';
import type { Behaviour, Precommit } from './behaviour.js';
import { hashedPart } from './choice-answer.js';

export interface SealedCommit {
  /** The JSON that a reveal sends. */
  readonly text: string;
  /** Undefined when the behaviour keeps it back. */
  readonly precommit: Precommit | undefined;
}

/** Binds an attempt to its data: a salt that nobody can guess, the hash over all choices, evidence and log-probabilities, a
 * signature. */
export const sealCommit = (
  made: Omit<CommitData, 'salt'>,
  attempt: Attempt,
  behaviour: Pick<Behaviour, 'commit' | 'precommit'>,
): SealedCommit => {
  const data = behaviour.commit({ ...made, salt: randomBytes(32).toString('hex') }, attempt);
  const precommit = precommitDigest(
    data.choices.map(hashedPart),
    data.choices.flatMap(({ evidence }) =>
      evidence.map(([top1Id, top1, top2Id, top2]) => ({ top1Id, top1, top2Id, top2 })),
    ),
    data.salt,
    logprobsDigest(data.choices),
  );
  const { taskId, attempt: number } = attempt.job;
  const signature = signCommit(attempt.sign, precommit);
  return {
    text: JSON.stringify(data),
    precommit: behaviour.precommit({ taskId, attempt: number, precommit, signature }, attempt),
  };
};
