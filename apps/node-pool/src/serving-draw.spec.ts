import { seeded } from '@ganglion/testkit/seeded';
import { type Draw, drawServing, TEST_MS } from './serving-draw.js';

const MEAN_MS = 30_000;
const TICK_MS = 500;

interface Node {
  id: string;
  sessionId: string | null;
  dedicatedTo: string | null;
  drawnAt: Date | null;
  testedAt: Date | null;
}
const nodes = (count: number, more: Partial<Node> = {}): Node[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `node ${index}`,
    sessionId: 'a session',
    dedicatedTo: null,
    drawnAt: null,
    testedAt: null,
    ...more,
  }));
const draw = (more: Partial<Draw> = {}): Draw => ({
  now: 1_000_000,
  elapsedMs: TICK_MS,
  meanMs: MEAN_MS,
  random: () => 0,
  ...more,
});

describe('the draw of tests while nodes serve', () => {
  it('comes at the mean rate, at times that cannot be told from the last one', () => {
    const random = seeded(7);
    const [node] = nodes(1) as [Node];
    const gaps: number[] = [];
    let last = 0;
    for (let now = 0; gaps.length < 1_500; now += TICK_MS) {
      if (drawServing([node], draw({ now, random })).length === 0) continue;
      if (last > 0) gaps.push(now - last - TEST_MS);
      last = now;
      node.drawnAt = new Date(now);
    }
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean / MEAN_MS).toBeCloseTo(1, 1);
    // Of an exponential distribution the standard deviation is the mean; anything periodic has less.
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });

  it('takes a fifth of a session at once, and one of a small one', () => {
    expect(drawServing(nodes(10), draw())).toHaveLength(2);
    expect(drawServing(nodes(3), draw())).toHaveLength(1);
  });

  it('counts those that are in their test already', () => {
    const [first, ...rest] = nodes(4);
    const inTest = { ...first!, drawnAt: new Date(1_000_000 - TEST_MS + 1) };
    expect(drawServing([inTest, ...rest], draw())).toEqual([]);
    const done = { ...first!, drawnAt: new Date(1_000_000 - TEST_MS) };
    expect(drawServing([done, ...rest], draw())).toHaveLength(1);
  });

  it('leaves whoever was tested just now alone', () => {
    expect(drawServing(nodes(1, { testedAt: new Date(1_000_000 - 2_999) }), draw())).toEqual([]);
    expect(drawServing(nodes(1, { testedAt: new Date(1_000_000 - 3_000) }), draw())).toHaveLength(1);
  });

  it('looks at each session by itself', () => {
    const drawn = drawServing([...nodes(1), ...nodes(1, { sessionId: 'another' })], draw());
    expect(drawn.map(({ sessionId }) => sessionId)).toEqual(['a session', 'another']);
  });

  it('leaves dedicated nodes alone', () => {
    expect(drawServing(nodes(5, { dedicatedTo: 'a key' }), draw())).toEqual([]);
  });

  it('draws nobody when it is not wanted, or when no time has passed', () => {
    expect(drawServing(nodes(5), draw({ meanMs: 0 }))).toEqual([]);
    expect(drawServing(nodes(5), draw({ elapsedMs: 0 }))).toEqual([]);
  });

  it('does not draw the more for a long time in which others drew', () => {
    const chance = 1 - Math.exp(-2_000 / MEAN_MS);
    expect(drawServing(nodes(1), draw({ elapsedMs: 3_600_000, random: () => chance * 1.01 }))).toEqual([]);
    expect(drawServing(nodes(1), draw({ elapsedMs: 3_600_000, random: () => chance * 0.99 }))).toHaveLength(
      1,
    );
  });
});
