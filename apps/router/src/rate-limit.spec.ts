import { RateLimit } from './rate-limit.js';

describe('RateLimit', () => {
  it('lets a burst through, then says how long to wait', () => {
    const limit = new RateLimit({ perMinute: 3 });
    expect([0, 0, 0].map((now) => limit.take('a', now))).toEqual([0, 0, 0]);
    expect(limit.take('a', 0)).toBe(20);
    expect(limit.take('a', 19_000)).toBe(1);
    expect(limit.take('a', 20_000)).toBe(0);
  });

  it('counts each key for itself', () => {
    const limit = new RateLimit({ perMinute: 1 });
    expect(limit.take('a', 0)).toBe(0);
    expect(limit.take('b', 0)).toBe(0);
    expect(limit.take('a', 0)).toBe(60);
  });

  it('forgets the key unheard of for longest when there are too many', () => {
    const limit = new RateLimit({ perMinute: 1, maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) limit.take(key, 0);
    expect(limit.take('c', 0)).toBe(60);
    expect(limit.take('a', 0)).toBe(0);
  });

  it('gives a key a measure of its own, also when that changes', () => {
    const limit = new RateLimit({ perMinute: 1 });
    expect([0, 0, 0].map((now) => limit.take('a', now, 3))).toEqual([0, 0, 0]);
    expect(limit.take('a', 0, 3)).toBe(20);
    expect(limit.take('a', 1_000, 60)).toBe(0);
    expect(limit.take('b', 0, 60)).toBe(0);
    expect(limit.take('b', 0, 1)).toBe(0);
    expect(limit.take('b', 0, 1)).toBe(60);
  });

  it('counts what was used elsewhere, and lets it be owed', () => {
    const limit = new RateLimit({ perMinute: 1 });
    const perMinute = 3;
    limit.spend('a', { now: 0, count: 2, perMinute });
    expect([0, 0].map((now) => limit.take('a', now, perMinute))).toEqual([0, 20]);
    limit.spend('a', { now: 0, count: 1, perMinute });
    expect(limit.take('a', 0, perMinute)).toBe(40);
    limit.spend('a', { now: 0, count: 1_000, perMinute });
    expect(limit.take('a', 0, perMinute)).toBe(80);
    expect(limit.take('a', 80_000, perMinute)).toBe(0);
    expect(limit.take('b', 0, perMinute)).toBe(0);
  });
});
