import type { Differences } from './comparison.js';

/** What an audit may call honest. */
export interface Tolerances {
  /** Between logits of evidence, in 1/256 of a logit. */
  evidence: number;
  /** Between final scores, in logits: `gapTolerance` stretches it to the units of a request. */
  gap: number;
}

/** How much more than was measured is allowed: other prompts are not these. */
export const MARGIN = 1.5;

/**
 * Tolerances that every measured difference keeps. A gap is rare, since few positions have two tokens that near: the
 * largest of some thousands says little. But it comes of two logits, each as far off as logits are, so that twice the
 * difference which one position in a hundred exceeds bounds nearly all that could have been; the larger of both counts.
 */
export function proposeTolerances(measured: readonly Differences[]): Tolerances {
  const most = (of: (differences: Differences) => number): number => Math.max(0, ...measured.map(of));
  const evidence = Math.max(1, Math.ceil(MARGIN * most(({ evidence }) => evidence.max)));
  const gap =
    MARGIN *
    Math.max(
      most(({ gap }) => gap.max),
      most(({ logits }) => 2 * logits.p99),
    );
  // Rounded up to three digits: more would pretend.
  const unit = gap === 0 ? 1 : 10 ** (Math.floor(Math.log10(gap)) - 2);
  return { evidence, gap: Number((Math.ceil(gap / unit) * unit).toPrecision(3)) };
}
