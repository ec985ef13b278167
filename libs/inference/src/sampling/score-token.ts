import type { Sampling } from '../engine.js';
import { FilterEdges } from './filter-edges.js';
import { gapTolerance } from './gap-tolerance.js';
import type { GumbelNoise } from './gumbel.js';
import {
  type Candidates,
  candidatesOf,
  choose,
  noiseAt,
  type History,
  type Position,
} from './sample-token.js';

/** How far a claimed token is from the one that would have been chosen. */
export interface TokenScore {
  /** What `sampleToken` chooses. */
  chosen: number;
  /**
   * The chosen token's final score less the claimed token's: penalised logits when greedy, otherwise `logit/T + g`.
   * 0 when they are the same; Infinity when the claimed token did not survive the filters. With slack, see there.
   */
  gap: number;
}

/** What a choice depends on besides the logits. */
export interface Circumstances {
  history: History;
  sampling: Sampling;
  position: Position;
  /**
   * How far two logits may come apart. A gap beyond it is counted anew, leniently: the claimed token survives if it may for
   * some such logits, and only tokens that survive for all of them are its rivals. Without, filters are taken as they are.
   */
  slack?: number | undefined;
}

/** Rivals that are looked at, the strongest first: each costs a pass over the vocabulary. */
const MOST_RIVALS = 100;

/**
 * Scores one claimed token by the very functions that would have chosen one.
 * @param logits as `sampleToken` takes them
 * @param claimed a token id of the vocabulary
 */
export function scoreToken(
  logits: ArrayLike<number>,
  claimed: number,
  { history, sampling, position, slack }: Circumstances,
): TokenScore {
  const candidates = candidatesOf(logits, history, sampling);
  const noise = noiseAt(sampling, position);
  const chosen = choose(candidates, noise);
  if (chosen === claimed) return { chosen, gap: 0 };
  const { scores, ids } = candidates;
  if (ids === undefined) return { chosen, gap: scores[chosen]! - scores[claimed]! };
  // Equal sums in another order would round differently: this one is that of `choose`.
  const gap = includes(ids, claimed)
    ? scores[chosen]! + noise.of(chosen) - (scores[claimed]! + noise.of(claimed))
    : Infinity;
  const tolerated = slack === undefined ? Infinity : gapTolerance(slack, sampling);
  if (slack === undefined || gap <= tolerated) return { chosen, gap };
  return { chosen, gap: lenientGap(claimed, { candidates, sampling, tolerated, noise }) };
}

interface Doubt {
  candidates: Candidates;
  sampling: Sampling;
  /** In units of the scores. */
  tolerated: number;
  noise: GumbelNoise;
}

function lenientGap(claimed: number, { candidates, sampling, tolerated, noise }: Doubt): number {
  const { scores, best, ids } = candidates;
  const edges = new FilterEdges(scores, best, sampling, tolerated);
  if (!edges.mayKeep(claimed)) return Infinity;
  const own = scores[claimed]! + noise.of(claimed);
  const rivals = Array.from(ids!, (id) => ({ id, gap: scores[id]! + noise.of(id) - own }))
    .filter((rival) => rival.gap > tolerated)
    .sort((a, b) => b.gap - a.gap || a.id - b.id);
  return rivals.slice(0, MOST_RIVALS).find(({ id }) => edges.mustKeep(id))?.gap ?? tolerated;
}

function includes(ids: ArrayLike<number>, id: number): boolean {
  for (let at = 0; at < ids.length; at++) if (ids[at] === id) return true;
  return false;
}
