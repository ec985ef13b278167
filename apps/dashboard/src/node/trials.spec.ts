import type { PhaseSeries } from '@ganglion/contracts';
import { trialBuckets } from './trials.js';

const noon = Date.parse('2026-11-23T12:00:00Z');
const minute = 60_000;
const series = (phase: PhaseSeries['phase'], all: number[], succeeded: number[]): PhaseSeries => ({
  phase,
  all,
  succeeded,
  days: [{ day: '2026-11-23', total: all.length, succeeded: succeeded.length }],
});

describe('trials over time', () => {
  it('are counted by minute, without holes, as long as that is few bars', () => {
    const commits = series('commit', [noon, noon + 10_000, noon + 2 * minute], [noon, noon + 2 * minute]);
    expect(trialBuckets([commits], null)).toEqual([
      { at: noon, succeeded: 1, failed: 1 },
      { at: noon + minute, succeeded: 0, failed: 0 },
      { at: noon + 2 * minute, succeeded: 1, failed: 0 },
    ]);
  });

  it('are of one phase if one is chosen', () => {
    const both = [series('commit', [noon], [noon]), series('ping', [noon], [])];
    expect(trialBuckets(both, 'ping')).toEqual([{ at: noon, succeeded: 0, failed: 1 }]);
    expect(trialBuckets(both, 'create')).toEqual([]);
  });

  it('are counted by longer spans when they reach back for hours', () => {
    const buckets = trialBuckets([series('ping', [noon - 10 * 3_600_000, noon], [noon])], null);
    expect(buckets.length).toBeLessThanOrEqual(61);
    expect(buckets.at(-1)).toMatchObject({ succeeded: 1, failed: 0 });
    expect(buckets[0]).toMatchObject({ succeeded: 0, failed: 1 });
  });

  it('are counted by day where exact times are no longer kept', () => {
    const old: PhaseSeries = {
      ...series('ping', [noon], [noon]),
      days: [
        { day: '2026-11-21', total: 5, succeeded: 3 },
        { day: '2026-11-23', total: 1, succeeded: 1 },
      ],
    };
    expect(trialBuckets([old], null).map(({ succeeded, failed }) => [succeeded, failed])).toEqual([
      [3, 2],
      [0, 0],
      [1, 0],
    ]);
  });
});
