import type { nodePool, OutputOf } from '@ganglion/contracts';

type Found = OutputOf<typeof nodePool.findVerifiers>;
export type Verifier = Found['verifiers'][number];

/**
 * The nodes that may be asked, in the order of asking: of the answer's determinism class before others, free before
 * serving, otherwise by lot.
 * @param asked those that had their turn
 * @param random in [0, 1); whoever could foresee it could have a friend check its answers
 */
export const drawVerifiers = (found: Found, asked: ReadonlySet<string>, random: () => number): Verifier[] =>
  found.verifiers
    .filter(({ nodeId }) => !asked.has(nodeId))
    .map((verifier) => ({
      verifier,
      rank:
        (verifier.determinismClass === found.determinismClass ? 0 : 2) +
        (verifier.state === 'EPHEMERAL' ? 0 : 1),
      lot: random(),
    }))
    .sort((a, b) => a.rank - b.rank || a.lot - b.lot)
    .map(({ verifier }) => verifier);
