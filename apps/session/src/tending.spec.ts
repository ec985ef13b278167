import { type Load, plan, spareNodes, type Tended, waitsFor } from './tending.js';

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
  redundancy: 0,
  nodes,
  ...over,
});
const session = (over: Partial<Tended['parameters']> = {}, isShared = false): Tended => ({
  isShared,
  mayGrow: true,
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

  it('gathers as many nodes as one of its tasks wants at once, without patience, up to maxNodes', () => {
    const wide = (redundancy: number) => load([node('a')], { redundancy, running: 1 });
    expect(plan(session(), wide(3), now).want).toBe(2);
    expect(plan(session({ maxNodes: 2 }), wide(3), now).want).toBe(1);
    const due = node('a', { tasksDone: 100 });
    const replicas = load([due, node('b'), node('c')], { redundancy: 3 });
    expect(plan(session(), replicas, now)).toEqual({ want: 1, release: [], isFull: true });
  });

  it('does not grow a session that has to step back, and refills it all the same', () => {
    const stepsBack = { ...session({}, true), mayGrow: false };
    expect(plan(stepsBack, load([node('a')], waiting), now).want).toBe(0);
    expect(plan(stepsBack, load([], waiting), now).want).toBe(1);
  });

  it('gives back what is more than maxNodes, the least busy first, but not a replacement that just came', () => {
    const nodes = [node('a', { inFlight: 2 }), node('b'), node('c', { inFlight: 1 })];
    expect(plan(session({ maxNodes: 1 }), load(nodes), now).release).toEqual(['b', 'c']);
    const rotating = [node('a', { tasksDone: 100, ending: true }), node('b')];
    expect(plan(session({ maxNodes: 1 }), load(rotating), now).release).toEqual([]);
    const replaced = [node('a', { tasksDone: 100, inFlight: 2 }), node('b')];
    expect(plan(session({ maxNodes: 1 }), load(replaced), now).release).toEqual(['a']);
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
  it('are idle ones, longest idle first, then busy ones, never all', () => {
    const nodes = [node('c', { inFlight: 1 }), node('a', { idleMs: 1 }), node('b', { idleMs: 9 })];
    expect(spareNodes(load(nodes), 5)).toEqual(['b', 'a']);
    expect(spareNodes(load([node('a', { inFlight: 2 }), node('b', { inFlight: 1 })]), 5)).toEqual(['b']);
    expect(spareNodes(load(nodes, { redundancy: 2 }), 5)).toEqual(['b']);
    expect(spareNodes(load([node('a'), node('b')]), 5)).toHaveLength(1);
    expect(spareNodes(load([node('a')]), 5)).toEqual([]);
  });
});

describe('what a session waits for', () => {
  it.each([
    [{ loading: 1, testing: 0 }, 'loading_model', '1 node that loads the model now'],
    [{ loading: 2, testing: 1 }, 'loading_model', '2 nodes that load the model now and 1 node in its test'],
    [{ loading: 0, testing: 3 }, 'nodes_in_test', '3 nodes in their test'],
    [{ loading: 0, testing: 0 }, 'lacking_nodes', 'nodes that others give back'],
  ])('is told by %j', (gathered, code, from) => {
    expect(waitsFor(2, gathered)).toEqual({ code, message: `2 nodes lacking; waits for ${from}` });
  });
});
