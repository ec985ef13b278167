import { latest, overviewOf } from './overview.js';

const now = new Date('2026-11-23T12:00:00.000Z');
const step = { at: now.toISOString(), failed: 0, ttftP50Ms: null, ttftP95Ms: null, queueWaitP95Ms: null };
const figures = (finalised: number, failed: number) => ({
  tasks: { QUEUED: 2 },
  ended: { finalised, failed, cancelled: 4, expired: 1 },
  ttftMs: null,
  queueWaitMs: null,
  series: [
    { ...step, tasks: 30, tokens: 600 },
    { ...step, tasks: 0, tokens: 0 },
  ],
  failures: [],
});

describe('the span of an overview', () => {
  it.each([
    [5, 5],
    [60, 60],
    [61, 120],
    [1_440, 1_800],
    [10_080, 10_800],
  ])('of %i minutes has steps of %i seconds, sixty at most', (minutes, bucketSeconds) => {
    const span = latest(minutes, now);
    const seconds = (Date.parse(span.to) - Date.parse(span.from)) / 1_000;
    expect(span).toMatchObject({ to: now.toISOString(), bucketSeconds });
    expect(seconds % bucketSeconds).toBe(0);
    expect(seconds / bucketSeconds).toBeLessThanOrEqual(60);
    expect(seconds).toBeGreaterThanOrEqual(minutes * 60);
  });
});

describe('an overview', () => {
  const span = latest(5, now);

  it('has rates over the whole time, and the nodes by state', () => {
    expect(overviewOf(span, figures(8, 1), { EPHEMERAL: 3 })).toMatchObject({
      ...span,
      nodes: { EPHEMERAL: 3 },
      tasks: { QUEUED: 2 },
      tasksPerSecond: 0.1,
      tokensPerSecond: 2,
      successRate: 0.8,
    });
  });

  it('tells no success rate where nothing was tried to the end', () => {
    const idle = figures(0, 0);
    const none = { ...idle, ended: { ...idle.ended, expired: 0 } };
    expect(overviewOf(span, none, {}).successRate).toBeNull();
  });
});
