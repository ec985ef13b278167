/**
 * Philox4x32-10, a counter-based generator: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC'11 (Random123). Integer arithmetic only, so every platform gives the same words.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

const PER_WORD = 1 / 0x1_0000_0000;

/**
 * The high 32 bits of the 64-bit product of two unsigned 32-bit numbers whose low 32 bits are known. The product is
 * rounded to 53 bits, at most 2^10 off; without its low bits it is a multiple of 2^32, so that the nearest one is exact.
 */
function multiplyHigh(a: number, b: number, low: number): number {
  return ((a * b - low) * PER_WORD + 0.5) >>> 0;
}

/**
 * One block of four words.
 * @param counter four unsigned 32-bit words
 * @param key two unsigned 32-bit words
 * @param out receives four unsigned 32-bit words; handed in because a vocabulary needs thousands of blocks a token
 */
export function philox(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let [c0, c1, c2, c3] = [counter[0]!, counter[1]!, counter[2]!, counter[3]!];
  let [k0, k1] = [key[0]!, key[1]!];
  for (let round = 0; round < 10; round++) {
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    const high0 = multiplyHigh(MULTIPLIER_0, c0, low0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2, low1);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
