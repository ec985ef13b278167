import type { AdminEvents, EventView } from '@ganglion/contracts';
import { EventBatch } from './event-batch.js';
import { EventReader } from './event-reader.js';

const event: EventView = {
  id: '01970000-0000-7000-8000-000000000000',
  module: 'node-pool',
  entity: 'node',
  entityId: 'U',
  from: null,
  to: 'OFFLINE',
  reason: null,
  at: '2026-01-01T00:00:00.000Z',
  subject: 'evt.node-pool.node-offline',
};

describe('a batch of events', () => {
  it('has those since the last one, in order', () => {
    const batch = new EventBatch();
    expect(batch.take()).toBeUndefined();
    batch.add(event);
    batch.add({ ...event, entityId: 'V' });
    expect(batch.take()?.events.map(({ entityId }) => entityId)).toEqual(['U', 'V']);
    expect(batch.take()).toBeUndefined();
  });

  it('has 500 at most, and counts the rest', () => {
    const batch = new EventBatch();
    for (let index = 0; index < 507; index += 1) batch.add(event);
    const taken = batch.take();
    expect(taken?.events).toHaveLength(500);
    expect(taken?.skipped).toBe(7);
    batch.add(event);
    expect(batch.take()).toEqual({ events: [event], skipped: 0 });
  });
});

describe('a reader of events', () => {
  const connect = () => {
    const sent: AdminEvents[] = [];
    const state = { waiting: 0, isCut: false };
    const reader = new EventReader({
      waiting: () => state.waiting,
      send: (batch) => sent.push(batch),
      cut: () => (state.isCut = true),
    });
    return { sent, state, reader };
  };
  const batch = { events: [event, event], skipped: 1 };

  it('gets each batch as it is while it keeps up', () => {
    const { sent, reader } = connect();
    reader.offer(batch, 0);
    reader.offer(batch, 100);
    expect(sent).toEqual([batch, batch]);
  });

  it('misses batches while too much waits for it, and is told how many events', () => {
    const { sent, state, reader } = connect();
    state.waiting = 65;
    reader.offer(batch, 0);
    reader.offer(batch, 100);
    expect(sent).toEqual([]);
    state.waiting = 64;
    reader.offer(batch, 200);
    reader.offer(batch, 300);
    expect(sent.map(({ skipped }) => skipped)).toEqual([7, 1]);
  });

  it('is cut when it took nothing for a minute, and not before', () => {
    const { state, reader } = connect();
    state.waiting = 65;
    for (const now of [0, 59_999]) reader.offer(batch, now);
    expect(state.isCut).toBe(false);
    state.waiting = 0;
    reader.offer(batch, 60_000);
    state.waiting = 65;
    for (const now of [60_100, 120_099]) reader.offer(batch, now);
    expect(state.isCut).toBe(false);
    reader.offer(batch, 120_100);
    expect(state.isCut).toBe(true);
  });
});
