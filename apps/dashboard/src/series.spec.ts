import { inOrder, linePath } from './series.js';

const box = { width: 100, height: 10 };

describe('the line of a sparkline', () => {
  it('goes from left to right, the highest value at the top, nothing at the bottom', () => {
    expect(linePath([0, 5, 10], box)).toBe('M0.0 10.0L50.0 5.0L100.0 0.0');
  });

  it('breaks where nothing was measured', () => {
    expect(linePath([1, 1, null, 1, 1], box)).toBe('M0.0 0.0L25.0 0.0M75.0 0.0L100.0 0.0');
  });

  it('shows a value that stands alone', () => {
    expect(linePath([null, 3, null], box)).toBe('M50.0 0.0h4.0');
  });

  it('lies on the ground when all is 0, and is empty of nothing', () => {
    expect(linePath([0, 0], box)).toBe('M0.0 10.0L100.0 10.0');
    expect(linePath([null, null], box)).toBe('');
    expect(linePath([], box)).toBe('');
  });
});

describe('counts in order', () => {
  it('leave out what there is none of', () => {
    expect(inOrder(['a', 'b', 'c'], { c: 2, a: 1, b: 0 })).toEqual([
      { key: 'a', count: 1 },
      { key: 'c', count: 2 },
    ]);
  });
});
