import type { Sampling } from '../engine.js';
import { candidatesOf, choose, noiseAt, type History, type Position } from './sample-token.js';

/** How far a claimed token is from the one that would have been chosen. */
export interface TokenScore {
  /** What `sampleToken` chooses. */
  chosen: number;
  /**
   * The chosen token's final score less the claimed token's: penalised logits when greedy, otherwise `logit/T + g`.
   * 0 when they are the same; Infinity when the claimed token did not survive the filters.
   */
  gap: number;
}

/** What a choice depends on besides the logits. */
export interface Circumstances {
  history: History;
  sampling: Sampling;
  position: Position;
}

/**
 * Scores one claimed token by the very functions that would have chosen one.
 * @param logits as `sampleToken` takes them
 * @param claimed a token id of the vocabulary
 */
export function scoreToken(
  logits: ArrayLike<number>,
  claimed: number,
  { history, sampling, position }: Circumstances,
): TokenScore {
  const candidates = candidatesOf(logits, history, sampling);
  const noise = noiseAt(sampling, position);
  const chosen = choose(candidates, noise);
  if (chosen === claimed) return { chosen, gap: 0 };
  const { scores, ids } = candidates;
  if (ids === undefined) return { chosen, gap: scores[chosen]! - scores[claimed]! };
  if (!includes(ids, claimed)) return { chosen, gap: Infinity };
  // Equal sums in another order would round differently: this one is that of `choose`.
  return { chosen, gap: scores[chosen]! + noise.of(chosen) - (scores[claimed]! + noise.of(claimed)) };
}

function includes(ids: ArrayLike<number>, id: number): boolean {
  for (let at = 0; at < ids.length; at++) if (ids[at] === id) return true;
  return false;
}
