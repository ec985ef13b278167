import { BeatLimit } from './beat-limit.js';

describe('the limit of heartbeats', () => {
  it('lets a node that beats as it should speak for ever', () => {
    const limit = new BeatLimit();
    for (let ms = 0; ms < 3_600_000; ms += 500) expect(limit.count('a', ms)).toBe(0);
  });

  it('counts what is over it, until the node has been quiet', () => {
    const limit = new BeatLimit();
    const counts = Array.from({ length: 40 }, () => limit.count('a', 0));
    expect(counts.slice(28)).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(limit.count('b', 0)).toBe(0);
    expect([limit.count('a', 100), limit.count('a', 100)]).toEqual([0, 11]);
    expect(limit.count('a', 60_000)).toBe(0);
    expect(Array.from({ length: 30 }, () => limit.count('a', 60_000)).at(-1)).toBe(1);
  });

  it('forgets a node that is quiet', () => {
    const limit = new BeatLimit();
    limit.count('a', 0);
    limit.forgetQuiet(100);
    expect(limit.size).toBe(1);
    limit.forgetQuiet(1_000);
    expect(limit.size).toBe(0);
  });
});
