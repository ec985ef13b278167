import { median, medianOf } from './statistics.js';

describe('the median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4])).toBe(4);
  });

  it('is the mean of the two in the middle', () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  it('sorts numbers as numbers and leaves the list as it was', () => {
    const values = [100, 20, 3];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 20, 3]);
  });

  it('of nothing is refused, or none', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(medianOf([null, undefined])).toBeNull();
    expect(medianOf([null, 3, undefined, 5])).toBe(4);
  });
});
