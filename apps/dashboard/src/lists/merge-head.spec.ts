import { mergeHead } from './merge-head.js';

const row = (id: number, state = 'old') => ({ id: String(id), state });
const idOf = ({ id }: { id: string }) => id;

describe('a list that grows at its head', () => {
  it('shows each row once, as it was read last', () => {
    const { rows, hasGap } = mergeHead([row(4, 'new'), row(3, 'new')], [row(3), row(2), row(1)], idOf);
    expect(rows.map(({ id, state }) => id + state)).toEqual(['4new', '3new', '2old', '1old']);
    expect(hasGap).toBe(false);
  });

  it('tells when so much is new that something between was never read', () => {
    expect(mergeHead([row(9), row(8)], [row(3), row(2)], idOf).hasGap).toBe(true);
  });

  it('has no gap as long as one part is empty', () => {
    expect(mergeHead([row(1)], [], idOf)).toEqual({ rows: [row(1)], hasGap: false });
    expect(mergeHead([], [row(1)], idOf)).toEqual({ rows: [row(1)], hasGap: false });
  });
});
