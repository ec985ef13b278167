import type { Reason, Sampling, Scores } from '@ganglion/contracts';
import { gapTolerance, type Tolerances } from '@ganglion/inference/audit';
import type { Claim } from './audit-claim.js';

export interface ScoredClaims {
  readonly claims: readonly Claim[];
  /** As the node counted it, and the client is charged by. */
  readonly promptTokens: number;
  readonly sampling: Sampling;
  readonly scores: Scores;
  readonly tolerances: Tolerances;
  /** Tokens that the node had room for, prompt included; null where that is not known. */
  readonly contextLength: number | null;
}

/** This many positions and this share of them may have evidence above the tolerance: it was measured of fewer positions. */
const STRAYS = 1;
const STRAY_SHARE = 0.02;
/** No honest evidence is this many tolerances off. */
const GROSS = 4;
/** Reasons name no more positions than this. */
const NAMED = 3;

/**
 * Do a verifier's scores belong to these claims? Null if so, else what is wrong with them: the verifier's fault, which
 * says nothing of the answer.
 */
export const findScoreFault = (claims: readonly Claim[], scores: Scores): Reason | null => {
  const malformed = (message: string): Reason => ({ code: 'malformed_scores', message });
  if (scores.claims.length !== claims.length)
    return malformed(`${scores.claims.length} scores of ${claims.length} claims`);
  for (const [index, { gaps, evidence }] of scores.claims.entries()) {
    const { length } = claims[index]!.tokens;
    if (evidence.length > length || (evidence.length === 0 && gaps.length === 0))
      return malformed(`claim ${index}: evidence of ${evidence.length} positions of ${length}`);
    let last = -1;
    for (const [position] of gaps) {
      if (position <= last || position >= length)
        return malformed(`claim ${index}: positions must rise, and be below ${length}`);
      last = position;
    }
  }
  return null;
};

/**
 * What speaks against an answer; nothing when it is what its model gives, as far as that can be told. Pure: the same
 * scores give the same judgement (docs/audits.md).
 */
export const judgeScores = (scored: ScoredClaims): Reason[] => [
  ...judgePrompt(scored),
  ...scored.claims.flatMap((claim, index) => {
    const { gaps, evidence } = scored.scores.claims[index]!;
    const tolerance = gapTolerance(scored.tolerances.gap, scored.sampling);
    const reasons = [
      judgeTokens(
        gaps.filter(([position]) => position >= claim.skip),
        tolerance,
      ),
      judgeEvidence(claim.evidence, evidence.slice(claim.skip), scored.tolerances.evidence),
      // A verifier of a smaller context has not seen the end.
      evidence.length < claim.tokens.length ? null : judgeEnd(claim, scored),
    ];
    return reasons
      .filter((reason) => reason !== null)
      .map(({ code, message }) => ({ code, message: `choice ${claim.choice}: ${message}` }));
  }),
];

/** A node whose engine failed to count says 0: nobody is charged for that. */
const judgePrompt = ({ promptTokens, scores }: ScoredClaims): Reason[] =>
  promptTokens === 0 || promptTokens === scores.promptTokens
    ? []
    : [
        {
          code: 'wrong_count',
          message: `it counts ${promptTokens} tokens of the prompt, and its model ${scores.promptTokens}`,
        },
      ];

type Evidence = Claim['evidence'][number];
type Gaps = Scores['claims'][number]['gaps'];

const judgeTokens = (gaps: Gaps, tolerance: number): Reason | null => {
  const wrong = gaps.filter(([, gap]) => gap === null || gap > tolerance);
  if (wrong.length === 0) return null;
  const named = wrong.slice(0, NAMED).map(([position, gap]) => {
    const by =
      gap === null ? 'had no chance' : `lost by ${gap.toFixed(3)}, tolerable are ${tolerance.toFixed(3)}`;
    return `token ${position + 1} ${by}`;
  });
  return {
    code: 'wrong_token',
    message: `${wrong.length} of its tokens are not what its model chooses: ${named.join('; ')}`,
  };
};

const judgeEvidence = (
  claimed: readonly Evidence[],
  found: readonly Evidence[],
  tolerance: number,
): Reason | null => {
  const apart = claimed
    .slice(0, found.length)
    .map((evidence, position) => distance(evidence, found[position]!, tolerance));
  const strays = [...apart.keys()].filter((position) => apart[position]! > tolerance);
  const isGross = strays.some((position) => apart[position]! > GROSS * tolerance);
  if (!isGross && (strays.length <= STRAYS || strays.length <= STRAY_SHARE * apart.length)) return null;
  const most = Math.max(...apart);
  return {
    code: 'wrong_evidence',
    message: `the evidence of ${strays.length} of its tokens is not its model's: ${
      most === Infinity
        ? 'other tokens are the likeliest'
        : `up to ${most}/256 off, tolerable are ${tolerance}`
    }`,
  };
};

/** In 1/256. The likeliest token may be another one only where the two likeliest are as near as two errors can bring them. */
const distance = (claimed: Evidence, found: Evidence, tolerance: number): number => {
  const [claimedId, claimed1, , claimed2] = claimed;
  const [foundId, found1, , found2] = found;
  if (claimedId !== foundId && found1 - found2 > 2 * tolerance) return Infinity;
  return Math.max(Math.abs(claimed1 - found1), Math.abs(claimed2 - found2));
};

/** Does the answer end where its model ends it? A stop sequence cannot be told from here: nobody has its texts. */
const judgeEnd = ({ tokens, finish }: Claim, scored: ScoredClaims): Reason | null => {
  const { sampling, scores, contextLength } = scored;
  const ends = new Set(scores.eosTokenIds);
  const end = tokens.findIndex((id) => ends.has(id));
  if (end >= 0 && end < tokens.length - 1)
    return { code: 'wrong_end', message: `it goes on after its end at token ${end + 1}` };
  if (finish === 'length' && contextLength !== null) {
    const room = Math.min(sampling.maxTokens, contextLength - scores.promptTokens);
    if (tokens.length < room)
      return {
        code: 'wrong_end',
        message: `it ends for want of room after ${tokens.length} tokens, and had room for ${room}`,
      };
  }
  if (finish !== 'stop' || end >= 0 || sampling.stop.length > 0) return null;
  return { code: 'wrong_end', message: 'it stops where its model does not' };
};
