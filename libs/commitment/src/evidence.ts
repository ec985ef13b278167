import { MAX_I32, MAX_U32, MIN_I32, requireInteger } from './integer.js';

/** The two largest raw logits of one position, scaled by 256 and rounded (`roundLogit`); ties go to the lower id. */
export interface Evidence {
  top1Id: number;
  top1: number;
  top2Id: number;
  top2: number;
}

const ENTRY = 16;

/**
 * A raw logit as evidence carries it: `logit·256` rounded half to even, clamped to i32.
 * @throws RangeError for NaN, which no model that works produces.
 */
export function roundLogit(logit: number): number {
  if (Number.isNaN(logit)) throw new RangeError('a logit is NaN; the model or its inputs are broken');
  // Exact: multiplying by a power of two moves only the exponent.
  const scaled = logit * 256;
  if (scaled >= MAX_I32) return MAX_I32;
  if (scaled <= MIN_I32) return MIN_I32;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return floor + (up ? 1 : 0);
}

/**
 * `top1Id[u32] top1[i32] top2Id[u32] top2[i32]` per position, big-endian, one after the other.
 * @throws RangeError naming the entry and field that is out of range.
 */
export function evidenceBytes(evidence: readonly Evidence[]): Uint8Array {
  const bytes = new Uint8Array(evidence.length * ENTRY);
  const view = new DataView(bytes.buffer);
  evidence.forEach((entry, index) => {
    const field = `evidence ${index}`;
    requireInteger(entry.top1Id, `top1Id of ${field}`, 0, MAX_U32);
    requireInteger(entry.top1, `top1 of ${field}`, MIN_I32, MAX_I32);
    requireInteger(entry.top2Id, `top2Id of ${field}`, 0, MAX_U32);
    requireInteger(entry.top2, `top2 of ${field}`, MIN_I32, MAX_I32);
    view.setUint32(index * ENTRY, entry.top1Id);
    view.setInt32(index * ENTRY + 4, entry.top1);
    view.setUint32(index * ENTRY + 8, entry.top2Id);
    view.setInt32(index * ENTRY + 12, entry.top2);
  });
  return bytes;
}
