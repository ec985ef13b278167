import { randomFrom } from './random.js';
import { trendOf } from './trend.js';

describe('a trend', () => {
  it('is the slope of points on a line, without error', () => {
    const points = [0, 1, 2, 5, 9].map((x) => ({ x, y: 3 - 2 * x }));
    expect(trendOf(points).slope).toBeCloseTo(-2, 12);
    expect(trendOf(points).error).toBeCloseTo(0, 12);
  });

  it('is within a few standard errors of the line that noise hides', () => {
    const below = randomFrom(3);
    const points = Array.from({ length: 500 }, (_, x) => ({ x, y: 0.25 * x + below(1000) / 10 }));
    const { slope, error } = trendOf(points);
    expect(Math.abs(slope - 0.25)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.02);
  });
});
