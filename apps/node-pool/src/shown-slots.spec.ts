import type { Concurrency } from '@ganglion/contracts';
import { shownSlots, usableSlots, withConcurrency } from './shown-slots.js';

const sample = (seen: number, waited = false): Concurrency => ({ asked: 4, seen, waited });

describe('the slots of a node', () => {
  it('are as it declared as long as nothing speaks against it', () => {
    expect(shownSlots([])).toBeNull();
    expect(usableSlots(4, [])).toBe(4);
    expect(usableSlots(4, [sample(1), sample(2)])).toBe(4);
    expect(usableSlots(32, [sample(4), sample(4)])).toBe(32);
  });

  it('are those that it was seen to have where requests wait in every test', () => {
    expect(usableSlots(4, [sample(1, true), sample(2, true)])).toBe(2);
    expect(usableSlots(4, [sample(1, true), sample(4), sample(1, true)])).toBe(4);
  });

  it('are not fewer after one test', () => {
    expect(usableSlots(4, [sample(1, true)])).toBe(4);
  });

  it('are never more than it declared', () => {
    expect(usableSlots(2, [sample(3, true), sample(3, true)])).toBe(2);
  });

  it('are shown by the best of the last three tests', () => {
    let samples: Concurrency[] = [];
    for (const seen of [4, 1, 2, 3]) samples = withConcurrency(samples, sample(seen));
    expect(samples.map(({ seen }) => seen)).toEqual([1, 2, 3]);
    expect(shownSlots(samples)).toBe(3);
  });

  it('are not told by a test of which nothing was seen', () => {
    expect(withConcurrency([], sample(0, true))).toEqual([]);
  });
});
