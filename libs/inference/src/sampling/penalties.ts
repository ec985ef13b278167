import type { Sampling } from '../engine.js';

/** The tokens so far, which penalties look at. */
export interface History {
  prompt: readonly number[];
  output: readonly number[];
}

export function hasPenalties({ repetitionPenalty, frequencyPenalty, presencePenalty }: Sampling): boolean {
  return repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
}

/**
 * Logits as doubles with penalties applied, in this order: repetition, once for every token of prompt and output
 * (Keskar et al. 2019, CTRL, as Hugging Face applies it), then frequency times its count and presence once, for
 * tokens of the output (as OpenAI defines them).
 */
export function penalise(logits: ArrayLike<number>, history: History, sampling: Sampling): Float64Array {
  const { repetitionPenalty, frequencyPenalty, presencePenalty } = sampling;
  const scores = new Float64Array(logits);
  if (repetitionPenalty !== 1) {
    for (const id of new Set([...history.prompt, ...history.output])) {
      if (id >= scores.length) continue;
      const score = scores[id]!;
      scores[id] = score > 0 ? score / repetitionPenalty : score * repetitionPenalty;
    }
  }
  if (frequencyPenalty !== 0 || presencePenalty !== 0) {
    const counts = new Map<number, number>();
    for (const id of history.output) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const [id, count] of counts) {
      if (id < scores.length) scores[id] = scores[id]! - frequencyPenalty * count - presencePenalty;
    }
  }
  return scores;
}
