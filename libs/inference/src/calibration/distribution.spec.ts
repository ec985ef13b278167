import { distributionOf } from './distribution.js';

describe('a distribution', () => {
  it('gives the values that so large a share does not exceed', () => {
    const values = Array.from({ length: 2000 }, (_, at) => (at * 7919) % 2000);
    expect(distributionOf(values)).toEqual({ max: 1999, p999: 1997, p99: 1979, p50: 999 });
  });

  it('of few values gives the largest for what only many could tell', () => {
    expect(distributionOf([3, 1, 2])).toEqual({ max: 3, p999: 3, p99: 3, p50: 2 });
    expect(distributionOf([])).toEqual({ max: 0, p999: 0, p99: 0, p50: 0 });
  });
});
