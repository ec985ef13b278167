import { backOff } from './back-off.js';

describe('the back-off', () => {
  it('doubles up to its bound, and never has two nodes wait alike', () => {
    const most = [1, 2, 3, 4, 5, 40].map((failures) =>
      backOff(failures, { firstMs: 100, mostMs: 1_000, random: () => 1 }),
    );
    expect(most).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backOff(1, { firstMs: 100, random: () => 0 })).toBe(50);
  });
});
