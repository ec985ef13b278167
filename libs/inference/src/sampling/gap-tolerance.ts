import type { Sampling } from '../engine.js';
import { isGreedyAt } from './sample-token.js';

/**
 * The gap of a `Score` up to which a token counts as honestly chosen.
 * @param logits the tolerance of a calibration: how far two final scores may come apart at temperature 1
 * @returns in units of the request's scores, which temperature and repetition penalty stretch
 */
export function gapTolerance(
  logits: number,
  { temperature, repetitionPenalty }: Pick<Sampling, 'temperature' | 'repetitionPenalty'>,
): number {
  const stretched = logits * Math.max(repetitionPenalty, 1 / repetitionPenalty);
  return isGreedyAt(temperature) ? stretched : stretched / temperature;
}
