import type { Sampling } from '../engine.js';
import { exp } from './exponential.js';
import { Ranking } from './ranking.js';

/**
 * What top-k, top-p and min-p do to tokens when nobody knows their scores exactly. Two machines compute logits that are a
 * little apart, and the edge of a filter then runs between other tokens: near ties change places, and with them whole
 * shares of the weight. So a token is one of three kinds: kept for all scores that are possible, for some, or for none.
 *
 * Possible is every move of the scores by which any two come apart by `slack` at most.
 */
export class FilterEdges {
  readonly #scores: ArrayLike<number>;
  readonly #best: number;
  readonly #sampling: Sampling;
  readonly #slack: number;
  /** A weight's ratio to another one may change by this factor. */
  readonly #ratio: number;
  /** The lowest score of a token that top-k may keep, and the highest that it may drop. */
  readonly #lowest: number;
  readonly #droppable: number;

  /**
   * @param scores penalised logits over temperature, by token id
   * @param best the id of the largest
   * @param slack in units of the scores
   */
  constructor(scores: ArrayLike<number>, best: number, sampling: Sampling, slack: number) {
    this.#scores = scores;
    this.#best = best;
    this.#sampling = sampling;
    this.#slack = slack;
    this.#ratio = 1 / exp(-slack);
    const { kth, next } = around(scores, sampling.topK);
    this.#lowest = kth - slack;
    this.#droppable = next + slack;
  }

  /** Do the filters keep this token for some possible scores? */
  mayKeep(id: number): boolean {
    const score = this.#scores[id]!;
    const { topP, minP } = this.#sampling;
    if (score < this.#lowest) return false;
    if (exp(Math.min(0, score - this.#scores[this.#best]! + this.#slack)) < minP) return false;
    if (topP === 1) return true;
    const { above, below } = this.#weigh(id, score + this.#slack, this.#lowest);
    return above < topP * (above + below * this.#ratio);
  }

  /** Do they keep it for all of them? */
  mustKeep(id: number): boolean {
    const score = this.#scores[id]!;
    const { topP, minP } = this.#sampling;
    if (score <= this.#droppable) return false;
    if (exp(Math.min(0, score - this.#highestBeside(id) - this.#slack)) < minP) return false;
    if (topP === 1) return true;
    const { above, below } = this.#weigh(id, score - this.#slack, this.#droppable);
    return above * this.#ratio < topP * (above * this.#ratio + below);
  }

  /**
   * The weight of the other tokens with a score above `edge` that top-k may keep, and of all the rest that counts: the token
   * itself, and those below with a score of `least` at least.
   */
  #weigh(id: number, edge: number, least: number): { above: number; below: number } {
    const scores = this.#scores;
    const top = scores[this.#best]!;
    let above = 0;
    let below = 0;
    for (let other = 0; other < scores.length; other++) {
      const score = scores[other]!;
      if (other !== id && score > edge) above += score < this.#lowest ? 0 : exp(score - top);
      else if (other === id || score >= least) below += exp(score - top);
    }
    return { above, below };
  }

  #highestBeside(id: number): number {
    if (id !== this.#best) return this.#scores[this.#best]!;
    let highest = -Infinity;
    for (let other = 0; other < this.#scores.length; other++)
      if (other !== id && this.#scores[other]! > highest) highest = this.#scores[other]!;
    return highest;
  }
}

/** The scores just inside and just outside of top-k; without one, or with more than there are, everything is inside. */
const around = (scores: ArrayLike<number>, topK: number): { kth: number; next: number } => {
  if (topK === 0 || topK >= scores.length) return { kth: -Infinity, next: -Infinity };
  const ids = new Uint32Array(scores.length);
  for (let id = 0; id < ids.length; id++) ids[id] = id;
  const ranking = new Ranking(scores, ids);
  let kth = 0;
  for (let rank = 0; rank < topK; rank++) kth = ranking.next()!;
  return { kth: scores[kth]!, next: scores[ranking.next()!]! };
};
