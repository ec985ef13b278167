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
  return choose(candidatesOf(logits, history, sampling), noiseAt(sampling, position));
}

/** What the token of one position is chosen from. */
export interface Candidates {
  /** By token id: logits with bias and penalties, over temperature unless greedy; without noise. */
  scores: ArrayLike<number>;
  /** The largest of them. */
  best: number;
  /** Those that may be drawn; undefined when greedy, where nothing is drawn. */
  ids: ArrayLike<number> | undefined;
}

/** All steps of docs/sampling.md but the last. */
export function candidatesOf(logits: ArrayLike<number>, history: History, sampling: Sampling): Candidates {
  const isGreedy = isGreedyAt(sampling.temperature);
  const biased = withBias(logits, sampling.logitBias);
  const scores = isGreedy && !hasPenalties(sampling) ? biased : penalise(biased, history, sampling);
  if (isGreedy) return { scores, best: largest(scores), ids: undefined };
  const warm = scores as Float64Array;
  for (let id = 0; id < warm.length; id++) warm[id] = warm[id]! / sampling.temperature;
  const best = largest(warm);
  return { scores: warm, best, ids: survivors(warm, best, sampling) };
}

export function isGreedyAt(temperature: number): boolean {
  return temperature < GREEDY_BELOW;
}

export function noiseAt({ seed }: Sampling, { choice, index }: Position): GumbelNoise {
  return new GumbelNoise(seed, choice, index);
}

/** The last step of docs/sampling.md. */
export function choose({ scores, best, ids }: Candidates, noise: GumbelNoise): number {
  if (ids === undefined) return best;
  let chosen = best;
  let chosenScore = scores[best]! + noise.of(best);
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
