import type { nodePool, OutputOf, RoundRole } from '@ganglion/contracts';

type Found = OutputOf<typeof nodePool.findExaminers>;
type Examiner = Found['examiners'][number];

/** The least level of reputation for each role: who creates is believed before anyone else has looked. */
export const LEAST_LEVEL = { creator: 3, preparer: 2 } as const satisfies Record<RoundRole, number>;
/** A node that had a role waits this long for the next: nobody sees many rounds, and nobody works for others only. */
export const COOL_DOWN_MS = 60_000;

/** Those of one determinism class that may have a role. @param resting had one lately, or have one */
const eligible = (found: Found, role: RoundRole, resting: ReadonlySet<string>): Examiner[] =>
  found.examiners.filter(({ nodeId, level }) => level >= LEAST_LEVEL[role] && !resting.has(nodeId));

/**
 * The determinism class for which nodes make the next test, with its participants: of those classes that have a creator
 * and another node as preparer, the one with most participants. Null when there is none: the oracle makes the test.
 */
export const drawClass = (
  found: Found,
  resting: ReadonlySet<string>,
): { determinismClass: string; nodeIds: string[] } | null => {
  const groups = [...new Set(found.participants.map((node) => node.determinismClass))]
    .filter((determinismClass) => {
      const ofClass = (role: RoundRole): Examiner[] =>
        eligible(found, role, resting).filter((node) => node.determinismClass === determinismClass);
      return ofClass('creator').length >= 1 && ofClass('preparer').length >= 2;
    })
    .map((determinismClass) => ({
      determinismClass,
      nodeIds: found.participants
        .filter((node) => node.determinismClass === determinismClass)
        .map(({ nodeId }) => nodeId),
    }));
  return groups.reduce<(typeof groups)[number] | null>(
    (most, group) => (most && most.nodeIds.length >= group.nodeIds.length ? most : group),
    null,
  );
};

/**
 * A node for a role: of the class of the participants, known well enough, rested; a free one before one that serves,
 * otherwise by lot. Null when there is none.
 * @param random in [0, 1); whoever could foresee it could have a friend test its friends
 */
export const drawExaminer = (
  found: Found,
  wanted: { role: RoundRole; determinismClass: string; resting: ReadonlySet<string> },
  random: () => number,
): string | null => {
  const candidates = eligible(found, wanted.role, wanted.resting)
    .filter(({ determinismClass }) => determinismClass === wanted.determinismClass)
    .map(({ nodeId, state }) => ({ nodeId, rank: state === 'EPHEMERAL' ? 0 : 1, lot: random() }))
    .sort((a, b) => a.rank - b.rank || a.lot - b.lot);
  return candidates[0]?.nodeId ?? null;
};
