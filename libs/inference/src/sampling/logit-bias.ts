import type { Sampling } from '../engine.js';
import { InferenceError } from '../inference-error.js';

type LogitBias = NonNullable<Sampling['logitBias']>;

const MOST_ENTRIES = 1_024;
const LARGEST = 100;

/**
 * Logits as doubles with their biases added (OpenAI's `logit_bias`: to the raw logits, before anything else); without
 * a bias the logits themselves. -100 bans a token and 100 forces it in effect: few models' logits are that far apart.
 */
export function withBias(logits: ArrayLike<number>, bias: LogitBias = []): ArrayLike<number> {
  if (bias.length === 0) return logits;
  const scores = new Float64Array(logits);
  for (const [id, amount] of bias) if (id < scores.length) scores[id] = scores[id]! + amount;
  return scores;
}

/** @throws InferenceError PROMPT_INVALID naming the entry: a token of the vocabulary once, ids rising, -100 … 100 */
export function checkLogitBias(bias: LogitBias = [], vocabSize: number): void {
  if (bias.length > MOST_ENTRIES) throw invalid('', `has ${bias.length} entries: at most ${MOST_ENTRIES}`);
  for (const [at, [id, amount]] of bias.entries()) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw invalid(`[${at}]`, `is of token ${id}: this model's ids are from 0 to ${vocabSize - 1}`);
    }
    if (at > 0 && bias[at - 1]![0] >= id)
      throw invalid(`[${at}]`, 'must have a larger id than the one before');
    if (!(Math.abs(amount) <= LARGEST)) {
      throw invalid(`[${at}]`, `adds ${amount}: it must be from -${LARGEST} to ${LARGEST}`);
    }
  }
}

function invalid(place: string, problem: string): InferenceError {
  const field = `sampling.logitBias${place}`;
  return new InferenceError('PROMPT_INVALID', `${field} ${problem}`, field);
}
