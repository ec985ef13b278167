import type { Decoder } from './decoder.js';

const PROMPT = [0, 1, 0];

/**
 * Tries whether a row's logits are the same bits when others share its run: some kernels compute one row in another way
 * than several, which no graph tells. Two rows and all rows are tried, for kernels differ by their number. The rows are
 * empty before and after.
 */
export async function rowsAgree(decoder: Decoder): Promise<boolean> {
  const last = decoder.rows - 1;
  if (last === 0) return true;
  const alone = new Map<number, Buffer>();
  for (const row of [0, last]) {
    await decoder.append(row, PROMPT);
    alone.set(row, bitsOf(await decoder.append(row, [1])));
    decoder.truncate(row, PROMPT.length);
  }
  let agree = true;
  for (const count of new Set([2, decoder.rows])) {
    const together = await decoder.appendEach(new Array<number>(count).fill(1));
    for (const [row, bits] of alone) if (row < count) agree &&= bits.equals(bitsOf(together[row]!));
    for (let row = 0; row < count; row++) decoder.truncate(row, alone.has(row) ? PROMPT.length : 0);
  }
  for (let row = 0; row < decoder.rows; row++) decoder.truncate(row, 0);
  return agree;
}

/** A copy: the next run takes the memory. */
const bitsOf = (logits: Float32Array): Buffer => Buffer.from(Float32Array.from(logits).buffer);
