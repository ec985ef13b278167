import { ProbeTurns } from './probe-turns.js';

describe('probe turns', () => {
  it('come round every ten seconds', () => {
    const turns = new ProbeTurns();
    expect(turns.take(['a', 'b'], 0)).toEqual(['a', 'b']);
    expect(turns.take(['a', 'b', 'c'], 500)).toEqual(['c']);
    expect(turns.take(['a', 'b', 'c'], 10_000)).toEqual(['a', 'b']);
  });

  it('take the longest unprobed first, a hundred at most', () => {
    const turns = new ProbeTurns();
    const nodes = Array.from({ length: 150 }, (_, index) => `node ${index}`);
    expect(turns.take(nodes, 0)).toHaveLength(100);
    expect(turns.take(nodes, 500)).toEqual(nodes.slice(100));
  });
});
