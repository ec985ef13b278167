import { type Load, plan, spareNodes, type Tended } from './tending.js';

const now = Date.parse('2026-01-01T01:00:00Z');
const node = (nodeId: string, over: Partial<Load['nodes'][number]> = {}): Load['nodes'][number] => ({
  nodeId,
  since: new Date(now - 60_000).toISOString(),
  tasksDone: 1,
  inFlight: 0,
  idleMs: 0,
  ending: false,
  ...over,
});
const load = (nodes: Load['nodes'], over: Partial<Load> = {}): Load => ({
  sessionId: 's',
  queued: 0,
  running: 0,
  oldestQueuedMs: 0,
  nodes,
  ...over,
});
const session = (over: Partial<Tended['parameters']> = {}, isShared = false): Tended => ({
  isShared,
  parameters: { minNodes: 1, maxNodes: 4, reserveSeconds: 600, maxTasks: 100, ...over },
});
const waiting = { queued: 3, oldestQueuedMs: 1_000 };

describe('the plan for a session', () => {
  it('gathers what is missing', () => {
    expect(plan(session({ minNodes: 3 }), load([node('a')]), now)).toEqual({
      want: 2,
      release: [],
      isFull: false,
    });
  });

  it('does not count nodes that are leaving', () => {
    expect(plan(session(), load([node('a', { ending: true })]), now)).toMatchObject({
      want: 1,
      isFull: false,
    });
  });

  it('grows by one while work waits, up to maxNodes', () => {
    expect(plan(session(), load([node('a')], waiting), now).want).toBe(1);
    expect(plan(session({ maxNodes: 1 }), load([node('a')], waiting), now).want).toBe(0);
  });

  it('does not grow for work that came this moment', () => {
    expect(plan(session(), load([node('a')], { queued: 1, oldestQueuedMs: 5 }), now).want).toBe(0);
  });

  it.each([
    ['its time is over', { since: new Date(now - 601_000).toISOString() }],
    ['it did its tasks', { tasksDone: 100 }],
  ])('replaces a node when %s: the replacement comes first', (_, over) => {
    expect(plan(session(), load([node('a', over)]), now)).toEqual({ want: 1, release: [], isFull: true });
    expect(plan(session(), load([node('a', over), node('b')]), now)).toEqual({
      want: 0,
      release: ['a'],
      isFull: true,
    });
  });

  it('replaces one node at a time, the oldest first', () => {
    const old = (nodeId: string, ms: number) => node(nodeId, { since: new Date(now - ms).toISOString() });
    const nodes = [old('a', 700_000), old('b', 900_000), node('c')];
    expect(plan(session(), load(nodes), now).release).toEqual(['b']);
    expect(plan(session(), load([...nodes, node('d', { ending: true })]), now).release).toEqual([]);
  });

  it('gives an idle spare node of a shared session back, never the last', () => {
    const idle = { idleMs: 31_000 };
    expect(plan(session({}, true), load([node('a', idle), node('b', idle)]), now).release).toEqual(['a']);
    expect(plan(session({}, true), load([node('a', idle)]), now).release).toEqual([]);
    expect(plan(session({}, false), load([node('a', idle), node('b', idle)]), now).release).toEqual([]);
    expect(plan(session({}, true), load([node('a', idle), node('b', idle)], waiting), now).release).toEqual(
      [],
    );
  });
});

describe('the nodes a shared session can spare', () => {
  it('are idle ones, longest idle first, never all', () => {
    const nodes = [node('a', { idleMs: 1 }), node('b', { idleMs: 9 }), node('c', { inFlight: 1 })];
    expect(spareNodes(load(nodes), 5)).toEqual(['b', 'a']);
    expect(spareNodes(load([node('a'), node('b')]), 5)).toHaveLength(1);
    expect(spareNodes(load([node('a')]), 5)).toEqual([]);
  });
});
