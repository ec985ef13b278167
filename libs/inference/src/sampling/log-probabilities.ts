import { InferenceError } from '../inference-error.js';
import { roundScaled } from './evidence.js';
import { exp } from './exponential.js';
import { ln } from './logarithm.js';

/** Log-probabilities are whole ten-thousandths. */
const SCALE = 10_000;
/** OpenAI's -9999 for what is all but impossible. */
const LEAST = -9_999 * SCALE;

/** A token and its log-probability in ten-thousandths, at most 0. */
export type LogProbability = [id: number, logprob: number];

/**
 * Log-probabilities under the softmax of the raw logits, whatever the sampling parameters: of the chosen token first,
 * then of the `top` most likely by falling logit, ties to the lower id. By `exp` and `ln` of our own, so that machines
 * with the same logits give the same integers; docs/sampling.md.
 * @param logits one row, raw
 * @param chosen the id of the token that was drawn
 * @param top 0 … 20
 * @throws InferenceError ENGINE_FAILED when the logits have no largest number
 */
export function logProbabilitiesOf(logits: ArrayLike<number>, chosen: number, top: number): LogProbability[] {
  let largest = -Infinity;
  for (let id = 0; id < logits.length; id++) if (logits[id]! > largest) largest = logits[id]!;
  let total = 0;
  for (let id = 0; id < logits.length; id++) total += exp(logits[id]! - largest);
  // The largest counts 1: less than that is an infinite logit, or none that is a number.
  if (!(total >= 1)) throw new InferenceError('ENGINE_FAILED', 'the logits are not finite numbers');
  const lnTotal = ln(total);
  const entry = (id: number): LogProbability => {
    const scaled = (logits[id]! - largest - lnTotal) * SCALE;
    return [id, roundScaled(Math.max(LEAST, scaled))];
  };
  return [chosen, ...highest(logits, top)].map(entry);
}

/** The ids of the `count` largest, by falling logit; a list kept in order, for there are few. */
function highest(logits: ArrayLike<number>, count: number): number[] {
  const ids: number[] = [];
  for (let id = 0; count > 0 && id < logits.length; id++) {
    if (ids.length === count && !(logits[id]! > logits[ids[count - 1]!]!)) continue;
    let at = ids.length;
    while (at > 0 && logits[id]! > logits[ids[at - 1]!]!) at--;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  }
  return ids;
}
