import { evidenceOf } from '../sampling/evidence.js';
import { gapTolerance } from '../sampling/gap-tolerance.js';
import { scoreToken } from '../sampling/score-token.js';
import { distributionOf, type Distribution } from './distribution.js';
import type { HonestAnswer } from './honest-answer.js';

/** How far apart the logits of one way to compute an answer are from those it was chosen by. */
export interface Differences {
  /** Positions compared: each answer's from the second on, whose logits do not all come of the prompt's own runs. */
  positions: number;
  /** The largest difference of any of the vocabulary's logits. */
  logits: Distribution;
  /** The larger difference of the two logits of the evidence, in 1/256 of a logit. */
  evidence: Distribution;
  /** Of the honest token, in logits: what `gapTolerance` stretches to the units of a request. */
  gap: Distribution;
  /** Honest tokens that top-k, top-p or min-p of these logits leave no chance; they have no gap. */
  lost: number;
}

/** Collects the differences of one way to compute answers, position by position. */
export class Comparison {
  readonly #logits: number[] = [];
  readonly #evidence: number[] = [];
  readonly #gaps: number[] = [];
  #lost = 0;

  /**
   * @param at the position in the answer, from 0
   * @param logits raw, as this way gives them there
   */
  add(answer: HonestAnswer, at: number, logits: Float32Array): void {
    const own = answer.logits[at]!;
    let furthest = 0;
    for (let id = 0; id < own.length; id++) furthest = Math.max(furthest, Math.abs(own[id]! - logits[id]!));
    this.#logits.push(furthest);
    const [one, other] = [evidenceOf(own), evidenceOf(logits)];
    this.#evidence.push(Math.max(Math.abs(one.top1 - other.top1), Math.abs(one.top2 - other.top2)));
    const { gap } = scoreToken(logits, answer.tokens[at]!, {
      history: { prompt: answer.prompt, output: answer.tokens.slice(0, at) },
      sampling: answer.sampling,
      position: { choice: answer.choice, index: at + 1 },
    });
    if (gap === Infinity) this.#lost++;
    else this.#gaps.push(gap / gapTolerance(1, answer.sampling));
  }

  result(): Differences {
    return {
      positions: this.#logits.length,
      logits: distributionOf(this.#logits),
      evidence: distributionOf(this.#evidence),
      gap: distributionOf(this.#gaps),
      lost: this.#lost,
    };
  }
}
