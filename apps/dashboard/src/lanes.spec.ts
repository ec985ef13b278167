import { courseOf, placeOf, rangeOf, startingAtZero, ticksOf } from './lanes.js';

const at = (ms: number) => new Date(1_000_000 + ms).toISOString();
const entry = (state: string, ms: number) => ({ state, at: at(ms), reason: null });
const history = [entry('QUEUED', 0), entry('DISPATCHED', 100), entry('FINALISED', 250)];

describe('the course of a history', () => {
  it('gives each state the time until the next one, and rests in the last', () => {
    const { spans, end } = courseOf(history, true, 0);
    expect(spans.map(({ state, from, to }) => [state, to - from])).toEqual([
      ['QUEUED', 100],
      ['DISPATCHED', 150],
    ]);
    expect(end).toEqual({ state: 'FINALISED', at: 1_000_250, reason: null });
  });

  it('goes on until now while it is not over', () => {
    const { spans, end } = courseOf(history.slice(0, 2), false, 1_000_900);
    expect(spans.at(-1)).toMatchObject({ state: 'DISPATCHED', to: 1_000_900 });
    expect(end).toBeNull();
  });

  it('does not run backwards when the browser’s clock is late', () => {
    expect(courseOf([entry('QUEUED', 500)], false, 0).spans[0]).toMatchObject({
      from: 1_000_500,
      to: 1_000_500,
    });
  });

  it('is empty of nothing', () => {
    expect(courseOf([], true, 0)).toEqual({ spans: [], end: null });
  });
});

describe('the range of courses', () => {
  it('reaches over all of them', () => {
    const range = rangeOf([
      courseOf(history, true, 0),
      courseOf([entry('OFFERED', 50), entry('LOST', 400)], true, 0),
    ]);
    expect(range).toEqual({ from: 1_000_000, to: 1_000_400 });
    expect(placeOf(1_000_100, range)).toBe(25);
    expect(placeOf(5_000_000, range)).toBe(100);
  });

  it('is never empty', () => {
    const { from, to } = rangeOf([courseOf([entry('CANCELLED', 0)], true, 0)]);
    expect(to).toBeGreaterThan(from);
  });
});

describe('ticks', () => {
  it.each([
    [388, [100, 200, 300]],
    [1_000, [200, 400, 600, 800, 1_000]],
    [4, [1, 2, 3, 4]],
    [61_000, [20_000, 40_000, 60_000]],
  ])('of %d ms are round and few', (length, ticks) => {
    expect(ticksOf({ from: 0, to: length })).toEqual(ticks);
  });
});

describe('a course from zero', () => {
  it('keeps its lengths', () => {
    const { spans, end } = startingAtZero(courseOf(history, true, 0));
    expect(spans.map(({ from, to }) => [from, to])).toEqual([
      [0, 100],
      [100, 250],
    ]);
    expect(end?.at).toBe(250);
  });
});
