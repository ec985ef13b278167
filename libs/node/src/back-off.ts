/**
 * Milliseconds to wait before trying again after `failures` failures in a row (from 1): doubling, bounded, and between
 * half and the whole of it, so that a fleet that failed together does not come back together.
 */
export const backOff = (
  failures: number,
  { firstMs = 250, mostMs = 15_000, random = Math.random }: BackOffOptions = {},
): number => Math.min(mostMs, firstMs * 2 ** Math.min(30, failures - 1)) * (0.5 + random() / 2);

export interface BackOffOptions {
  firstMs?: number;
  mostMs?: number;
  random?: () => number;
}
