import type { EventView } from '@ganglion/contracts';
import { withStates } from './patch.js';

const event = (entityId: string, to: string | null, entity = 'node'): EventView => ({
  id: '0190d6a4-5c3b-7000-8000-000000000001',
  module: 'node-pool',
  entity,
  entityId,
  from: null,
  to,
  reason: { code: 'because', message: 'because' },
  at: '2026-11-23T12:00:00.000Z',
  subject: null,
});
const rows = [
  { id: 'a', state: 'TESTING', reason: null },
  { id: 'b', state: 'TESTING', reason: null },
];
const of = { entity: 'node', idOf: ({ id }: { id: string }) => id };

describe('rows with the states of events', () => {
  it('take the last state and its reason, and leave other rows alone', () => {
    const next = withStates(rows, [event('a', 'EPHEMERAL'), event('a', 'RESERVED')], of);
    expect(next[0]).toMatchObject({ id: 'a', state: 'RESERVED', reason: { code: 'because' } });
    expect(next[1]).toBe(rows[1]);
  });

  it('are the very same when nothing moved', () => {
    expect(withStates(rows, [event('a', null), event('a', 'TESTING'), event('c', 'RETIRED')], of)).toBe(rows);
    expect(withStates(rows, [event('a', 'RETIRED', 'task')], of)).toBe(rows);
  });
});
