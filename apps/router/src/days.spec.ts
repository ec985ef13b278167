import { daysOf } from './days.js';

const now = Date.parse('2026-11-23T23:30:00.000Z');

describe('the days that are asked for', () => {
  it.each([
    [{}, { from: '2026-10-25', to: '2026-11-23' }],
    [{ to: '2026-03-01' }, { from: '2026-01-31', to: '2026-03-01' }],
    [{ from: '2026-11-23' }, { from: '2026-11-23', to: '2026-11-23' }],
    [
      { from: '2026-01-01', to: '2026-01-31' },
      { from: '2026-01-01', to: '2026-01-31' },
    ],
  ])('of %j are %j', (asked, days) => {
    expect(daysOf(asked, now)).toEqual(days);
  });

  it.each([
    [{ from: '2026-11-24' }, /is after/],
    [{ to: '0000-01-01' }, /is after/],
    [{ from: '2025-01-01', to: '2026-12-31' }, /at most 400/],
  ])('are refused for %j, naming the field', (asked, message) => {
    const fault = { code: 'INVALID', message: expect.stringMatching(message), details: { field: 'from' } };
    expect(() => daysOf(asked, now)).toThrow(expect.objectContaining(fault));
  });
});
