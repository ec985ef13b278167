import type { EventView } from '@ganglion/contracts';
import { joined, passes, pathOf } from './filter.js';

const event = (id: string, more: Partial<EventView> = {}): EventView => ({
  id,
  module: 'node-pool',
  entity: 'node',
  entityId: 'U1',
  from: 'TESTING',
  to: 'QUARANTINED',
  reason: { code: 'wrong_answer', message: 'wrong' },
  at: '2026-11-23T12:00:00.000Z',
  subject: null,
  ...more,
});

describe('the filter of events', () => {
  it('lets everything through when nothing is asked for', () => {
    expect(passes(event('1'), {})).toBe(true);
  });

  it.each([
    { module: 'session' },
    { entity: 'task' },
    { entityId: 'U2' },
    { to: 'RETIRED' },
    { code: 'silent' },
  ])('refuses what differs in %j', (filter) => expect(passes(event('1'), filter)).toBe(false));

  it('wants all that is asked for', () => {
    expect(passes(event('1'), { module: 'node-pool', to: 'QUARANTINED', code: 'wrong_answer' })).toBe(true);
    expect(passes(event('1', { reason: null }), { code: 'wrong_answer' })).toBe(false);
  });
});

describe('events', () => {
  it('are shown once, though they come over the socket and are read', () => {
    expect(joined([event('3'), event('2')], [event('2'), event('1')]).map(({ id }) => id)).toEqual([
      '3',
      '2',
      '1',
    ]);
  });

  it('of two modules are two, even with one id', () => {
    expect(joined([event('1')], [event('1', { module: 'session' })])).toHaveLength(2);
  });

  it('lead to the page of what they are about, where there is one', () => {
    expect(pathOf(event('1'))).toBe('/nodes/U1');
    expect(pathOf(event('1', { entity: 'attempt' }))).toBeNull();
  });
});
