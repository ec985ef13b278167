import { EXP_TABLE, STEP_HIGH, STEP_LOW, STEPS_PER_UNIT } from './tables.js';

const [C2, C3, C4, C5] = [1 / 2, 1 / 6, 1 / 24, 1 / 120];

/** HALVES[k] = 2^-k, made by exact division: `2 ** -k` is not exact everywhere. */
const HALVES = [1];
for (let k = 1; k <= 1020; k++) HALVES.push(HALVES[k - 1]! / 2);

/**
 * e^x for x <= 0 by + - * / alone, in this order, and a published table, for the same reason as `ln`.
 * Below -700 it is 0: no probability that small decides anything. Within 2 ulp; docs/sampling.md.
 */
export function exp(x: number): number {
  if (!(x >= -700)) return 0;
  const n = Math.floor(x * STEPS_PER_UNIT + 0.5);
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  const k = Math.floor(n / 64);
  const power = EXP_TABLE[n - k * 64]!;
  const series = r + r * r * (C2 + r * (C3 + r * (C4 + r * C5)));
  return (power + power * series) * HALVES[-k]!;
}
