import { dayOf, requirePlace, requireTokens } from './quota.js';

const noon = new Date('2026-11-23T12:00:00.000Z');

describe('the quota of a key', () => {
  it('counts by the day in UTC', () => {
    expect(dayOf(new Date('2026-11-23T23:59:59.999Z'))).toBe('2026-11-23');
    expect(dayOf(new Date('2026-11-24T00:00:00.000Z'))).toBe('2026-11-24');
    expect(dayOf(new Date('0000-01-01T00:00:00.000Z'))).toBe('1970-01-01');
  });

  it('of tokens is used up at its limit, and says when it resets', () => {
    expect(() => requireTokens(100, 99, noon)).not.toThrow();
    expect(() => requireTokens(100, 100, noon)).toThrow(
      expect.objectContaining({
        code: 'LIMITED',
        message: expect.stringMatching(/^tokensPerDay: .* reset at 2026-11-24T00:00:00\.000Z$/),
        details: { reason: 'quota_exceeded', limit: 'tokensPerDay', retryAfterSeconds: 43_200 },
      }),
    );
  });

  it('of tasks is used up at its limit', () => {
    expect(() => requirePlace(2, 1)).not.toThrow();
    expect(() => requirePlace(2, 2)).toThrow(
      expect.objectContaining({ details: { reason: 'quota_exceeded', limit: 'concurrentTasks' } }),
    );
  });
});
