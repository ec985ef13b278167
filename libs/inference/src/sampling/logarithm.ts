import { LN2_HIGH, LN2_LOW, LN_TABLE } from './tables.js';

const [C3, C5, C7, C9, C11, C13] = [1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13];

/**
 * The natural logarithm by + - * / alone, in this order, and a published table: `Math.log` may differ between
 * platforms, and then two honest machines would draw different tokens. Within 2 ulp; docs/sampling.md.
 * @param x a positive normal number
 */
export function ln(x: number): number {
  // Near 1 the table's terms would cancel; here x - 1 is exact, and so the result is accurate in its own size.
  if (x >= 0.9375 && x <= 1.0625) {
    const s = (x - 1) / (x + 1);
    const z = s * s;
    const series = z * (C3 + z * (C5 + z * (C7 + z * (C9 + z * (C11 + z * C13)))));
    return 2 * s + 2 * s * series;
  }
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= 2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < 1) {
    mantissa *= 2;
    exponent--;
  }
  const j = Math.floor((mantissa - 1) * 128);
  const c = 1 + j / 128;
  const s = (mantissa - c) / (mantissa + c);
  const z = s * s;
  const series = 2 * s + 2 * s * (z * (C3 + z * (C5 + z * C7)));
  // Above about √2 the table counts from the next power of two, so that exponent and table never nearly cancel.
  if (j >= 53) exponent++;
  return exponent * LN2_HIGH + (LN_TABLE[j]! + (series + exponent * LN2_LOW));
}
