import { shuffle } from './shuffle.js';

/** How often a newcomer gets a place that a better known node could have had. */
const NEWCOMERS_SHARE = 0.2;
/** Verdicts after which a node's score speaks for itself. */
export const NEWCOMER_UNTIL_TESTS = 10;

/**
 * Orders candidates: by score, with a random share of the places for newcomers, who could not earn a score
 * otherwise. Equals are shuffled, so that two sessions that look at once do not run into each other.
 * `random` gives numbers in [0, 1).
 */
export const rank = <N extends { score: number | null; tests: number }>(
  nodes: readonly N[],
  random: () => number = Math.random,
): N[] => {
  const mixed = shuffle(nodes, random);
  const isNew = ({ score, tests }: N): boolean => score === null || tests < NEWCOMER_UNTIL_TESTS;
  const newcomers = mixed.filter(isNew);
  const known = mixed.filter((node) => !isNew(node)).sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const ranked: N[] = [];
  while (newcomers.length > 0 && known.length > 0) {
    const from = random() < NEWCOMERS_SHARE ? newcomers : known;
    ranked.push(from.shift() as N);
  }
  return [...ranked, ...known, ...newcomers];
};
