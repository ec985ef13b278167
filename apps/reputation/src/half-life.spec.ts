import { remaining } from './half-life.js';

describe('what is left of a trial', () => {
  it('is all of it at once, and half of it after each half-life, exactly', () => {
    expect([0, 1, 2, 3, 10].map((n) => remaining(n * 700, 700))).toEqual([1, 0.5, 0.25, 0.125, 2 ** -10]);
  });

  it('is the power of two in between', () => {
    for (let n = 1; n < 500; n++)
      expect(Math.abs(remaining(n * 37, 1_000) / 2 ** ((-n * 37) / 1_000) - 1)).toBeLessThan(2e-15);
  });

  it('never grows with time', () => {
    const values = Array.from({ length: 2_000 }, (_, n) => remaining(n * 13, 7_777));
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it('is all of what is yet to come, and nothing of what is out of reach', () => {
    expect(remaining(-5, 10)).toBe(1);
    expect(remaining(1e300, 1)).toBe(0);
  });
});
