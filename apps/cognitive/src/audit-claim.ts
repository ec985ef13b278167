import { type ReceiptChoice, receiptSchema } from '@ganglion/commitment';
import {
  type FinishReason,
  type FrozenRequest,
  frozenRequest,
  MOST_SCORED,
  type Reason,
} from '@ganglion/contracts';

/** The precommit that was drawn. */
export interface Drawn {
  readonly taskId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly precommit: string;
}

/** One choice of an answer as its node committed it, as far as it is scored. */
export interface Claim {
  readonly choice: number;
  /** From the answer's first, whoever gave it. */
  readonly tokens: readonly number[];
  /** Tokens before those of the drawn attempt: an earlier one gave them, and they are not judged. */
  readonly skip: number;
  /** Of the tokens after those. */
  readonly evidence: readonly (readonly [number, number, number, number])[];
  /** How the answer ended; null where the claim is not the whole of it. */
  readonly finish: FinishReason | null;
}

export interface Scorable {
  readonly kind: 'claims';
  readonly request: FrozenRequest;
  /** As its node counted it. */
  readonly promptTokens: number;
  readonly claims: readonly Claim[];
}

/** What is to be checked, what is wrong with it already, or why it cannot be. */
export type Claimed =
  | Scorable
  | { readonly kind: 'false'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'unverifiable'; readonly reason: Reason };

/** Reads the receipt of a task that was drawn. */
export const claimedIn = (receipt: unknown, drawn: Drawn): Claimed => {
  const parsed = receiptSchema.safeParse(receipt);
  const request = parsed.success ? frozenRequest.safeParse(parsed.data.request) : null;
  if (!parsed.success || !request?.success)
    return unverifiable('unreadable', 'its receipt is of a kind that this version does not know');
  const { choices, promptTokens } = parsed.data;
  if (!choices.every((choice) => isBoundBy(choice, drawn)))
    return unverifiable('not_the_answer', 'the answer of the task is that of another attempt');
  const faults = choices.flatMap(findFault);
  if (faults.length > 0) return { kind: 'false', reasons: faults };
  const claims = claimsOf(choices);
  return claims.length > 0
    ? { kind: 'claims', request: request.data, promptTokens, claims }
    : unverifiable('nothing_said', 'it was cancelled before its first token');
};

const unverifiable = (code: string, message: string): Claimed => ({
  kind: 'unverifiable',
  reason: { code, message },
});

/** The attempt that committed is that of the last segment; what an earlier one streamed before it died was never bound. */
const isBoundBy = ({ segments }: ReceiptChoice, { attempt, nodeId, precommit }: Drawn): boolean => {
  const last = segments.at(-1);
  return (
    last?.attempt === attempt &&
    last.nodeId === nodeId &&
    last.proof.kind === 'commit' &&
    last.proof.precommit === precommit
  );
};

const skipOf = ({ segments }: ReceiptChoice): number => (segments.at(-1)?.from ?? 1) - 1;

/** What no model can have given. */
const findFault = (choice: ReceiptChoice): Reason[] => {
  const { index, tokens, evidence, finish } = choice;
  const own = tokens.length - skipOf(choice);
  const fault = (code: string, message: string): Reason[] => [
    { code, message: `choice ${index}: ${message}` },
  ];
  // Who generates makes a token, if only the end of text; only a cancel comes before the first one.
  if (tokens.length === 0 && finish !== 'cancelled') return fault('empty_answer', 'it has no token');
  if (evidence.length !== own)
    return fault('evidence_missing', `${evidence.length} pieces of evidence for ${own} tokens`);
  const at = evidence.findIndex(
    ([top1Id, top1, top2Id, top2]) => top1Id === top2Id || top1 < top2 || (top1 === top2 && top1Id > top2Id),
  );
  return at < 0
    ? []
    : fault('evidence_malformed', `token ${skipOf(choice) + at + 1}: the evidence is not of the two largest`);
};

const claimsOf = (choices: readonly ReceiptChoice[]): Claim[] => {
  let room = MOST_SCORED;
  return choices.flatMap((of) => {
    const { index, tokens, evidence, finish } = of;
    const skip = skipOf(of);
    const length = Math.min(room, tokens.length);
    room -= length;
    if (length <= skip) return [];
    return [
      {
        choice: index,
        tokens: tokens.slice(0, length).map(([id]) => id),
        skip,
        evidence: evidence.slice(0, length - skip),
        finish: length === tokens.length ? finish : null,
      },
    ];
  });
};
