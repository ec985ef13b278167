import type { Evidence } from '../engine.js';

const INT32_MIN = -0x8000_0000;
const INT32_MAX = 0x7fff_ffff;

/** A logit times 256, rounded half to even, as int32; beyond its range the nearest end. */
export function quantiseLogit(logit: number): number {
  return roundScaled(Math.min(INT32_MAX, Math.max(INT32_MIN, logit * 256)));
}

/** Half to even; of a number within int32. */
export function roundScaled(scaled: number): number {
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  // `| 0` turns -0 into 0, which JSON and equality would tell apart.
  return (isUp ? below + 1 : below) | 0;
}

/** The two largest raw logits of one row of at least two, without NaN; of equal ones the lower id is first. */
export function evidenceOf(logits: ArrayLike<number>): Evidence {
  let [first, second] = logits[1]! > logits[0]! ? [1, 0] : [0, 1];
  for (let id = 2; id < logits.length; id++) {
    if (!(logits[id]! > logits[second]!)) continue;
    if (logits[id]! > logits[first]!) [first, second] = [id, first];
    else second = id;
  }
  return {
    top1Id: first,
    top1: quantiseLogit(logits[first]!),
    top2Id: second,
    top2: quantiseLogit(logits[second]!),
  };
}
