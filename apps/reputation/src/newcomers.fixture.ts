/** Verdicts after which a node is known; the rest as apps/node-pool/src/newcomers.ts says it. */
export const NEWCOMER_UNTIL_TESTS = 10;
const LARGEST_SHARE = 0.2;
const DAILY_GROWTH = 0.05;
const PLACES = 0.05;
const PROBATION_TESTS = 3;
const ENOUGH_KNOWN = 8;

/**
 * What newcomers get of the places that known nodes could have: a share, of so many places at most, which shrinks with the
 * number that joined in the last day; where few are known, a fifth of all.
 */
export const allowanceFor = (known: number, joinedLately: number, taken: number) => {
  if (known < ENOUGH_KNOWN) return fifth;
  return {
    share: LARGEST_SHARE / (1 + joinedLately / Math.max(1, known * DAILY_GROWTH)),
    places: Math.max(1, Math.floor(taken * PLACES)),
  };
};

/** A share of every choice, whoever comes. */
export const fifth = { share: LARGEST_SHARE, places: Infinity };

/** Must a node that has passed, with so many verdicts, pass another round before it serves? */
export const isOnProbation = (tests: number, known: number): boolean =>
  known >= ENOUGH_KNOWN && tests < PROBATION_TESTS;
