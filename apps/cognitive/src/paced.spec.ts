import { paced } from './paced.js';

const due = [
  { model: 'one', nodeIds: ['a', 'b', 'c'] },
  { model: 'two', nodeIds: ['d', 'e'] },
];

describe('the pace of tests', () => {
  it('lets all begin while there is room', () => {
    expect(paced(due, 3, 8)).toEqual(due);
  });

  it('lets those begin that wait longest, and leaves no empty group', () => {
    expect(paced(due, 4, 8)).toEqual([due[0], { model: 'two', nodeIds: ['d'] }]);
    expect(paced(due, 6, 8)).toEqual([{ model: 'one', nodeIds: ['a', 'b'] }]);
    expect(paced(due, 8, 8)).toEqual([]);
    expect(paced(due, 20, 8)).toEqual([]);
  });

  it('has room for several rounds of eight unless it is told otherwise', () => {
    const nodeIds = Array.from({ length: 200 }, (_, n) => `node ${n}`);
    const [group] = paced([{ nodeIds }], 0);
    expect(group!.nodeIds.length).toBeGreaterThanOrEqual(24);
    expect(group!.nodeIds.length).toBeLessThanOrEqual(64);
  });
});
