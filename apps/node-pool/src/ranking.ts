import { type Allowance, NEWCOMER_UNTIL_TESTS } from './newcomers.js';
import { shuffle } from './shuffle.js';

/** Scores that differ by less than this say the same of two nodes. */
const BAND = 0.02;

interface Ranked {
  readonly score: number | null;
  readonly tests: number;
  /** Verified decode speed; null: not measured. */
  readonly tokensPerSecond: number | null;
}

/**
 * Orders candidates: by score, and of those with about the same score the fastest first; with a random share of the
 * places for newcomers, who could not earn a score otherwise. Equals are shuffled, so that two sessions that look at
 * once do not run into each other. `random` gives numbers in [0, 1).
 */
export const rank = <N extends Ranked>(
  nodes: readonly N[],
  { share, places }: Allowance,
  random: () => number = Math.random,
): N[] => {
  const mixed = shuffle(nodes, random);
  const isNew = ({ score, tests }: N): boolean => score === null || tests < NEWCOMER_UNTIL_TESTS;
  const newcomers = mixed.filter(isNew);
  const known = mixed.filter((node) => !isNew(node)).sort(byScoreThenSpeed);
  const ranked: N[] = [];
  let left = places;
  while (newcomers.length > 0 && known.length > 0) {
    const isNewcomers = left > 0 && random() < share;
    if (isNewcomers) left--;
    ranked.push((isNewcomers ? newcomers : known).shift() as N);
  }
  return [...ranked, ...known, ...newcomers];
};

/** By bands of score: only so is the order the same whichever two are compared first. */
const byScoreThenSpeed = (a: Ranked, b: Ranked): number =>
  bandOf(b) - bandOf(a) || (b.tokensPerSecond ?? 0) - (a.tokensPerSecond ?? 0);

const bandOf = ({ score }: Ranked): number => Math.round((score ?? 0) / BAND);
