import { KeptCommits } from './kept-commits.js';

describe('kept commits', () => {
  it('forget the oldest when there are too many, or too large ones', () => {
    const many = new KeptCommits({ commits: 2, units: 1_000 });
    for (const key of ['a', 'b', 'c']) many.add(key, { text: 'x', forgetAt: 9 });
    expect(['a', 'b', 'c'].map((key) => many.get(key)?.text)).toEqual([undefined, 'x', 'x']);

    const large = new KeptCommits({ commits: 10, units: 10 });
    large.add('a', { text: 'x'.repeat(6), forgetAt: 9 });
    large.add('b', { text: 'x'.repeat(6), forgetAt: 9 });
    expect(large.get('a')).toBeUndefined();
    large.add('c', { text: 'x'.repeat(50), forgetAt: 9 });
    expect([large.get('b'), large.get('c')?.text?.length]).toEqual([undefined, 50]);
  });

  it('make room when their text is no longer needed, and remember that they were', () => {
    const kept = new KeptCommits({ commits: 10, units: 10 });
    kept.add('a', { text: 'x'.repeat(8), forgetAt: 9 });
    kept.dropText('a');
    kept.dropText('a');
    kept.add('b', { text: 'x'.repeat(8), forgetAt: 9 });
    expect(kept.get('a')).toEqual({ text: undefined, forgetAt: 9 });
    expect(kept.unrevealed).toBe(1);
  });

  it('expire by their time', () => {
    const kept = new KeptCommits();
    kept.add('a', { text: 'x', forgetAt: 10 });
    kept.add('b', { text: 'x', forgetAt: 20 });
    kept.expire(10);
    expect([kept.get('a'), kept.get('b')?.text, kept.unrevealed]).toEqual([undefined, 'x', 1]);
  });
});
