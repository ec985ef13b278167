import type { Sampling, ScoreJob } from '@ganglion/contracts';

type Filters = ScoreJob['alternatives'][number];

/** Ranks near the edge of top-k that logits a little off may exchange, as a share of k. */
const RANKS = 0.25;
/** As `@ganglion/inference` sees it: below this the largest logit wins, whatever the filters. */
const GREEDY = 1e-6;

/**
 * The edges of top-k, top-p and min-p run through other tokens when logits are a little off: an honest token may be left
 * no chance by the verifier's filters, or lose to one that the miner's own had left none. So a suspect position is also
 * looked at with filters just wide enough, and just narrow enough, to make up for that. Empty when nothing is filtered.
 * @param logits how far two logits may come apart
 */
export const filterEdges = ({ temperature, topP, topK, minP }: Sampling, logits: number): Filters[] => {
  if (temperature < GREEDY || (topP === 1 && topK === 0 && minP === 0)) return [];
  // The odds of a set of tokens change by no more than this, when the logit of each changes by no more than half of it.
  const ratio = Math.exp(logits / temperature);
  const ranks = Math.ceil(RANKS * topK);
  const beside = (by: number, steps: number): Filters => ({
    topP: topP === 1 ? 1 : shiftOdds(topP, by),
    topK: topK === 0 ? 0 : Math.max(1, topK + steps),
    minP: minP === 0 ? 0 : Math.min(1, minP / by),
  });
  return [beside(ratio, ranks), beside(1 / ratio, -ranks)];
};

/** In (0, 1], whatever is lost to rounding. */
const shiftOdds = (share: number, by: number): number => {
  const odds = (share / (1 - share)) * by;
  return odds === Infinity ? 1 : Math.max(odds / (1 + odds), Number.MIN_VALUE);
};
