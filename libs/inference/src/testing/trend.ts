/** A straight line through points, by least squares. */
export interface Trend {
  /** Of y for one of x. */
  slope: number;
  /** The slope's standard error; points that follow each other are not independent, so the truth is somewhat wider. */
  error: number;
}

/** @param points at least three, not all of one x */
export function trendOf(points: readonly { x: number; y: number }[]): Trend {
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middleX, middleY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = mean(({ x }) => (x - middleX) ** 2);
  const slope = mean(({ x, y }) => (x - middleX) * (y - middleY)) / spread;
  const rest = mean(({ x, y }) => (y - middleY - slope * (x - middleX)) ** 2);
  return { slope, error: Math.sqrt(rest / (spread * (points.length - 2))) };
}
