/** What some measured values are like: none of them is above `max`, half of them at most `p50`, and so on. */
export interface Distribution {
  max: number;
  p999: number;
  p99: number;
  p50: number;
}

/** Quantiles are the smallest measured value that so large a share of all does not exceed; of no values they are 0. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const quantile = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { max: quantile(1), p999: quantile(0.999), p99: quantile(0.99), p50: quantile(0.5) };
}
