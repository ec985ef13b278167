import {
  epochOf,
  isDueForRenewal,
  isFree,
  LEASE_MS,
  LOOK_EVERY_MS,
  parseLease,
  RENEW_EVERY_MS,
} from './lease.js';

describe('the leader lease', () => {
  it('is free when there is none, when it has ended and when it cannot be read', () => {
    expect(isFree(null, 1_000)).toBe(true);
    expect(isFree({ oracleId: 'a', until: 1_000 }, 1_000)).toBe(true);
    expect(isFree({ oracleId: 'a', until: 1_001 }, 1_000)).toBe(false);
    expect(parseLease('not json')).toBeNull();
    expect(parseLease('{"oracleId":"a"}')).toBeNull();
    expect(parseLease('{"oracleId":"a","until":5}')).toEqual({ oracleId: 'a', until: 5 });
  });

  it('is renewed each second', () => {
    const takenAt = 10_000;
    const until = takenAt + LEASE_MS;
    expect(isDueForRenewal(until, takenAt + RENEW_EVERY_MS - 1)).toBe(false);
    expect(isDueForRenewal(until, takenAt + RENEW_EVERY_MS)).toBe(true);
  });

  it('replaces a dead leader within three seconds', () => {
    expect(LEASE_MS + LOOK_EVERY_MS).toBeLessThan(3_000);
  });

  it('numbers leaders by revision, and above any epoch that was refused to this oracle', () => {
    expect(epochOf(7, 0)).toBe(7);
    expect(epochOf(2, 90)).toBe(91);
    expect(epochOf(200, 90)).toBe(200);
  });
});
