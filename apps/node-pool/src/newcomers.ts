/** Verdicts after which a node's score speaks for itself. */
export const NEWCOMER_UNTIL_TESTS = 10;
/** Rounds that a node must pass before it first serves, where there are others that are known. */
const PROBATION_TESTS = 3;
/** Known nodes from which on a pool need not take whoever comes. */
const ENOUGH_KNOWN = 8;
/** How often a newcomer gets a place that a known node could have had, where hardly any come. */
const LARGEST_SHARE = 0.2;
/** A pool that grows by this part of its known nodes a day gives half of that share. */
const DAILY_GROWTH = 0.05;
/** Of the places that are taken, at most this part is newcomers' while known nodes are free; always one may be. */
const PLACES = 0.05;
/** Nodes that joined in this time count as having joined lately. */
export const LATELY_MS = 86_400_000;

/** What of a model's nodes a decision about newcomers rests on. */
export interface Population {
  /** Nodes that are known and can serve, or will when they are tested. */
  readonly known: number;
  /** Nodes that first joined lately, whatever became of them: who leaves for a new name is counted under both. */
  readonly joinedLately: number;
  /** Places that are taken, and those of them that newcomers have. */
  readonly reserved: number;
  readonly reservedNewcomers: number;
}

/** What newcomers may get of the places that known nodes could have. */
export interface Allowance {
  /** How likely the next place is a newcomer's, 0 to 1. */
  readonly share: number;
  /** How many places they may still get. */
  readonly places: number;
}

/**
 * One allowance for all newcomers together, not one for each choice: a share of every choice would be the whole work of
 * whoever always comes back under a new name. The more join, the less likely is the next place theirs, and the places
 * they have at once are bounded. A young pool, of few known nodes, takes whoever comes.
 */
export const allowanceFor = ({ known, joinedLately, reserved, reservedNewcomers }: Population): Allowance => {
  if (known < ENOUGH_KNOWN) return { share: LARGEST_SHARE, places: Infinity };
  const usual = Math.max(1, known * DAILY_GROWTH);
  const places = Math.max(1, Math.floor(reserved * PLACES));
  return {
    share: LARGEST_SHARE / (1 + joinedLately / usual),
    places: Math.max(0, places - reservedNewcomers),
  };
};

/** Must a node that has passed, with so many verdicts, pass another round before it serves? */
export const isOnProbation = (tests: number, { known }: Pick<Population, 'known'>): boolean =>
  known >= ENOUGH_KNOWN && tests < PROBATION_TESTS;
