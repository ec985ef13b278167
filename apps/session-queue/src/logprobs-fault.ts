import type { CommitData, FrozenRequest, PositionLogprobs } from '@ganglion/contracts';

type Choice = CommitData['choices'][number];

/** Rounding may lift a sum of probabilities above 1, by this much for 20 of them at the very most. */
const ROUNDING = 1e-3;

/**
 * What is wrong with the log-probabilities of a choice, in words; null when they can be what was asked for. Whether
 * they are the model's own is not to be seen here: equal replicas and audits tell that.
 */
export const findLogprobsFault = (choice: Choice, { logprobs: top }: FrozenRequest): string | null => {
  const { logprobs, tokens, evidence } = choice;
  if (top === undefined) return logprobs === undefined ? null : 'log-probabilities that nobody asked for';
  if (logprobs?.length !== tokens.length)
    return `log-probabilities of ${logprobs?.length ?? 0} positions for ${tokens.length} tokens`;
  for (const [at, position] of logprobs.entries()) {
    const problem = findPositionFault(position, top, { token: tokens[at]!, evidence: evidence[at]! });
    if (problem) return `token ${at + 1}: ${problem}`;
  }
  return null;
};

const findPositionFault = (
  [own, ...most]: PositionLogprobs,
  top: number,
  { token, evidence }: { token: Choice['tokens'][number]; evidence: Choice['evidence'][number] },
): string | null => {
  if (most.length !== top) return `${most.length} of the ${top} most likely tokens`;
  if (own![0] !== token[0]) return 'the first log-probability is not the chosen token’s';
  const ids = most.map(([id]) => id);
  if (new Set(ids).size < ids.length) return 'a token stands twice among the most likely ones';
  if (most.some(([, logprob], at) => at > 0 && logprob > most[at - 1]![1]))
    return 'the most likely tokens are not in their order';
  // Both are of the same raw logits.
  if ((top > 0 && ids[0] !== evidence[0]) || (top > 1 && ids[1] !== evidence[2]))
    return 'the most likely tokens are not those of the evidence';
  const among = most.find(([id]) => id === own![0]);
  if (among && (among[1] !== own![1] || JSON.stringify(among[2]) !== JSON.stringify(own![2])))
    return 'the chosen token has two log-probabilities';
  if (!among && top > 0 && own![1] > most.at(-1)![1])
    return 'the chosen token is likelier than the most likely ones';
  const sum = (among ? most : [own!, ...most]).reduce(
    (total, [, logprob]) => total + Math.exp(logprob / 10_000),
    0,
  );
  return sum > 1 + ROUNDING ? `probabilities add up to ${sum}` : null;
};
