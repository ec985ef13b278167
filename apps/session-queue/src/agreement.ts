import { digestJson } from '@ganglion/commitment';
import type { AnswerVerdict, CommitData } from '@ganglion/contracts';

/** A replica whose commitment holds: what it says is what it bound itself to. */
export interface Replica {
  readonly attempt: number;
  /** Answers are comparable only inside one class. */
  readonly determinismClass: string | null;
  /** It streamed: if its answer stands, it is the answer. */
  readonly isPrimary: boolean;
  readonly choices: CommitData['choices'];
}

export interface Agreement {
  /** Whose answer is the task's; null when the primary was outvoted, as its text was shown to somebody. */
  readonly winner: number | null;
  readonly verdict: AnswerVerdict;
  /** Attempts whose answer differs from the majority of their own class. */
  readonly outvoted: readonly number[];
  /** Attempts that differ from the winner's answer without being wrong by that. */
  readonly differing: readonly number[];
}

interface Digests {
  /** Of the tokens, texts and finishes of all choices. */
  readonly answer: string;
  /** Of the log-probabilities besides, where there are any. */
  readonly whole: string;
}

const digestsOf = ({ choices }: Replica): Digests => {
  const answer = choices.map(({ tokens, finish }) => ({ tokens, finish }));
  return {
    answer: digestJson(answer),
    whole: digestJson([answer, choices.map(({ logprobs }) => logprobs ?? null)]),
  };
};

/** Inside a class every bit is equal; across classes kernels round differently, and only the tokens can be compared. */
const isEqual = (a: Replica, b: Replica, digests: ReadonlyMap<number, Digests>): boolean => {
  const key = a.determinismClass === b.determinismClass ? 'whole' : 'answer';
  return digests.get(a.attempt)![key] === digests.get(b.attempt)![key];
};

/**
 * Compares the answers of all replicas of a task. Inside a determinism class the majority decides and outvotes the
 * others; without a majority nobody is outvoted. Across classes a difference proves nothing: it makes the verdict
 * `undecided`, as does an answer that nobody confirms.
 */
export const agree = (replicas: readonly Replica[], asked: number): Agreement => {
  const digests = new Map(replicas.map((replica) => [replica.attempt, digestsOf(replica)]));
  const outvoted = replicas.filter((replica) => isOutvoted(replica, replicas, digests));
  const standing = replicas.filter((replica) => !outvoted.includes(replica));
  const winner = pickWinner(outvoted, standing, digests);
  const own = standing.find(({ attempt }) => attempt === winner);
  const differing = own ? standing.filter((replica) => !isEqual(replica, own, digests)) : standing;
  const isConfirmed = asked === 1 || standing.length > 1;
  return {
    winner,
    verdict: isConfirmed && differing.length === 0 ? 'accepted' : 'undecided',
    outvoted: outvoted.map(({ attempt }) => attempt),
    differing: winner === null ? [] : differing.map(({ attempt }) => attempt),
  };
};

const isOutvoted = (
  replica: Replica,
  replicas: readonly Replica[],
  digests: ReadonlyMap<number, Digests>,
): boolean => {
  const peers = replicas.filter(({ determinismClass }) => determinismClass === replica.determinismClass);
  const votes = countBy(peers, ({ attempt }) => digests.get(attempt)!.whole);
  const majority = [...votes].find(([, count]) => count * 2 > peers.length)?.[0];
  return majority !== undefined && majority !== digests.get(replica.attempt)!.whole;
};

/** The primary if it stands; if nothing was shown, the answer that most gave (the earliest such attempt's). */
const pickWinner = (
  outvoted: readonly Replica[],
  standing: readonly Replica[],
  digests: ReadonlyMap<number, Digests>,
): number | null => {
  if (outvoted.some(({ isPrimary }) => isPrimary)) return null;
  const primary = standing.find(({ isPrimary }) => isPrimary);
  if (primary) return primary.attempt;
  const votes = countBy(standing, ({ attempt }) => digests.get(attempt)!.answer);
  const votesOf = ({ attempt }: Replica): number => votes.get(digests.get(attempt)!.answer)!;
  const [best] = standing.toSorted((a, b) => votesOf(b) - votesOf(a) || a.attempt - b.attempt);
  return best!.attempt;
};

const countBy = <T>(items: readonly T[], key: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
};
