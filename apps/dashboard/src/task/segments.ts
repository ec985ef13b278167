import type { Receipt } from '@ganglion/commitment';

export interface ColouredSegment {
  readonly attempt: number;
  readonly nodeId: string;
  /** Absolute indices of its first and last token, from 1. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** What stands for it: the miner's commit, its signed stream, or the network alone. */
  readonly proof: Receipt['choices'][number]['segments'][number]['proof']['kind'];
}

/** The text of a choice in the pieces that different attempts made of it. */
export const segmentsOf = ({ tokens, segments }: Receipt['choices'][number]): ColouredSegment[] =>
  segments.map(({ attempt, nodeId, from, to, proof }) => ({
    attempt,
    nodeId,
    from,
    to,
    text: tokens
      .slice(from - 1, to)
      .map(([, text]) => text)
      .join(''),
    proof: proof.kind,
  }));
