import type { Sampling } from '../engine.js';
import { GUMBEL_BOUND, GumbelNoise } from './gumbel.js';
import { withBias } from './logit-bias.js';
import { hasPenalties, penalise, type History } from './penalties.js';
import { survivors } from './survivors.js';

export type { History };

/** A smaller temperature is greedy: dividing by it could overflow. */
const GREEDY_BELOW = 1e-6;

/** Where a token stands: the counter of its random numbers. */
export interface Position {
  /** From 0. */
  choice: number;
  /** Absolute index in the completion, from 1. */
  index: number;
}

/**
 * Chooses one token: logit bias, penalties, temperature, top-k, top-p, min-p, then the largest `logit/T + g` among the survivors
 * (Gumbel-max: Gumbel 1954; the same distribution as drawing from the softmax). Ties go to the lower id.
 * The specification with test vectors is docs/sampling.md.
 *
 * @param logits one row, raw, of the vocabulary's length, without NaN
 * @returns a token id
 */
export function sampleToken(
  logits: ArrayLike<number>,
  history: History,
  sampling: Sampling,
  position: Position,
): number {
  const isGreedy = sampling.temperature < GREEDY_BELOW;
  const biased = withBias(logits, sampling.logitBias);
  if (isGreedy && !hasPenalties(sampling)) return largest(biased);
  const scores = penalise(biased, history, sampling);
  if (isGreedy) return largest(scores);
  for (let id = 0; id < scores.length; id++) scores[id] = scores[id]! / sampling.temperature;
  const best = largest(scores);
  const noise = new GumbelNoise(sampling.seed, position.choice, position.index);
  let chosen = best;
  let chosenScore = scores[best]! + noise.of(best);
  const ids = survivors(scores, best, sampling);
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at]!;
    // Most tokens cannot win with any noise, and of the others most not with theirs: the choice is the same.
    if (scores[id]! + GUMBEL_BOUND < chosenScore || scores[id]! + noise.boundOf(id) < chosenScore) continue;
    const score = scores[id]! + noise.of(id);
    if (score > chosenScore || (score === chosenScore && id < chosen)) {
      chosen = id;
      chosenScore = score;
    }
  }
  return chosen;
}

function largest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id]! > scores[best]!) best = id;
  return best;
}
