/**
 * Milliseconds to wait after `failures` failures in a row (from 1): doubling, bounded, and between half and the whole
 * of it, so that those who failed together do not return together.
 */
export const backOffMs = (failures: number, { firstMs, mostMs }: BackOff): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(30, failures - 1)) * (0.5 + Math.random() / 2);

export interface BackOff {
  firstMs: number;
  mostMs: number;
}
