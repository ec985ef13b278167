import { planFleet } from './fleet-plan.js';

const countOf = (kind: string, miners: number): number =>
  planFleet(miners, 1).filter((node) => node.kind === kind).length;

describe('the plan of a fleet', () => {
  it('has the stated shares of bad nodes, and at least one of each', () => {
    const shares = ['broken', 'slow', 'lying', 'flapping', 'honest'];
    expect(shares.map((kind) => countOf(kind, 200))).toEqual([20, 20, 10, 10, 140]);
    expect(shares.map((kind) => countOf(kind, 12))).toEqual([1, 1, 1, 1, 8]);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(planFleet(40, 7)).toEqual(planFleet(40, 7));
    expect(planFleet(40, 7)).not.toEqual(planFleet(40, 8));
  });

  it('spreads the rates of lies from a fifth to a half', () => {
    const rates = planFleet(200, 3)
      .filter(({ kind }) => kind === 'lying')
      .map(({ lieRate }) => lieRate)
      .sort();
    expect([rates[0], rates.at(-1)]).toEqual([0.2, 0.5]);
    expect(planFleet(200, 3).filter(({ kind, lieRate }) => kind !== 'lying' && lieRate > 0)).toEqual([]);
  });

  it('makes every slow node far slower than any other, or as much so as it is told', () => {
    const times = (isSlow: boolean, slowBy?: number): number[] =>
      planFleet(100, 5, slowBy)
        .filter(({ kind }) => (kind === 'slow') === isSlow)
        .map(({ tokenMs }) => tokenMs);
    expect(Math.min(...times(true))).toBeGreaterThan(4 * Math.max(...times(false)));
    expect(Math.max(...times(true, 4))).toBeLessThan(100);
  });

  it('refuses a fleet that is bad for the most part', () => {
    expect(() => planFleet(6, 1)).toThrow('a fleet of 6 has too few honest nodes; take at least 8');
  });
});
