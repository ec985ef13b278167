import type { EventView } from '@ganglion/contracts';
import { Refresher } from './refresher.js';
import { touched } from './touched.js';

const event = (entity: string, entityId: string, to: string | null): EventView => ({
  id: '0190d6a4-5c3b-7000-8000-000000000001',
  module: 'node-pool',
  entity,
  entityId,
  from: null,
  to,
  reason: null,
  at: '2026-11-23T12:00:00.000Z',
  subject: null,
});

describe('what an event touches', () => {
  it('is the list and the page of a node that moved', () => {
    expect(touched(event('node', 'U1', 'TESTING'))).toEqual([['nodes'], ['node', 'U1'], ['overview']]);
  });

  it('is the page alone of a node that was only probed', () => {
    expect(touched(event('node', 'U1', null))).toEqual([['node', 'U1']]);
  });

  it('is nothing for what these pages do not know', () => {
    expect(touched(event('weather', '1', 'RAIN'))).toEqual([]);
  });
});

describe('the refresher', () => {
  it('reads at once, and then not before the gap has passed', () => {
    const refresher = new Refresher();
    refresher.touch(['nodes']);
    expect(refresher.take(0)).toEqual([['nodes']]);
    refresher.touch(['nodes']);
    refresher.touch(['nodes']);
    expect(refresher.take(2_000)).toEqual([]);
    expect(refresher.take(2_500)).toEqual([['nodes']]);
    expect(refresher.take(9_000)).toEqual([]);
  });

  it('keeps no id for ever', () => {
    const refresher = new Refresher();
    for (let task = 0; task < 2_000; task++) {
      refresher.touch(['task', String(task)]);
      refresher.take(task * 100);
    }
    refresher.touch(['task', '1999']);
    // Read 100 ms ago: still remembered, and so still held back.
    expect(refresher.take(200_000)).toEqual([]);
    expect(refresher.take(200_400)).toEqual([['task', '1999']]);
  });
});
