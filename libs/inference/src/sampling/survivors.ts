import type { Sampling } from '../engine.js';
import { exp } from './exponential.js';
import { Ranking } from './ranking.js';

/**
 * The token ids that may be drawn, after top-k, top-p and min-p in that order. The best token always survives.
 * @param scores penalised logits over temperature
 * @param best the id of the largest score
 */
export function survivors(scores: Float64Array, best: number, sampling: Sampling): ArrayLike<number> {
  let ids: ArrayLike<number> = allIds(scores.length);
  const { topK, topP, minP } = sampling;
  if (topK > 0 && topK < scores.length) ids = highest(scores, ids, topK);
  if (topP < 1) ids = nucleus(scores, ids, best, topP);
  if (minP > 0) ids = probable(scores, ids, { least: minP, top: scores[best]! });
  return ids;
}

/** A loop, because Uint32Array.from with a function takes a millisecond for a vocabulary. */
function allIds(count: number): Uint32Array {
  const ids = new Uint32Array(count);
  for (let id = 0; id < count; id++) ids[id] = id;
  return ids;
}

function probable(
  scores: Float64Array,
  ids: ArrayLike<number>,
  { least, top }: { least: number; top: number },
): number[] {
  const kept: number[] = [];
  for (let at = 0; at < ids.length; at++) if (exp(scores[ids[at]!]! - top) >= least) kept.push(ids[at]!);
  return kept;
}

function highest(scores: Float64Array, ids: ArrayLike<number>, count: number): number[] {
  const ranking = new Ranking(scores, ids);
  return Array.from({ length: count }, () => ranking.next()!);
}

/** The smallest leading set whose share of the total weight reaches topP. */
function nucleus(scores: Float64Array, ids: ArrayLike<number>, best: number, topP: number): number[] {
  const top = scores[best]!;
  // Floating-point sums depend on their order: this one runs by rising id, the one below by rank.
  let total = 0;
  const rising = ids.length === scores.length ? ids : new Uint32Array(ids).sort();
  for (let at = 0; at < rising.length; at++) total += exp(scores[rising[at]!]! - top);
  const ranking = new Ranking(scores, ids);
  const kept: number[] = [];
  let sum = 0;
  for (let id = ranking.next(); id !== undefined; id = ranking.next()) {
    kept.push(id);
    sum += exp(scores[id]! - top);
    if (sum >= topP * total) break;
  }
  return kept;
}
