import type { RoundView } from '@ganglion/contracts';

export interface Speed {
  /** ISO time of the verdict. */
  readonly at: string;
  /** As the oracle timed the answer. */
  readonly tokensPerSecond: number;
}

/** What tests have measured of a node, the oldest first. */
export const speedsOf = (rounds: readonly RoundView[], nodeId: string): Speed[] =>
  rounds
    .flatMap(({ verdicts }) => verdicts)
    .filter((verdict) => verdict.nodeId === nodeId)
    .flatMap(({ at, measured: { tokensPerSecond } }) =>
      tokensPerSecond === null ? [] : [{ at, tokensPerSecond }],
    )
    .toSorted((a, b) => a.at.localeCompare(b.at));
