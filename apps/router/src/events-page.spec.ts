import type { DatabaseModule, EventView } from '@ganglion/contracts';
import { mergeEvents, type ModulePage } from './events-page.js';

const idOf = (ms: number): string => `${ms.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`;
const eventOf = (module: DatabaseModule, ms: number): EventView => ({
  id: idOf(ms),
  module,
  entity: 'thing',
  entityId: 'one',
  from: null,
  to: null,
  reason: null,
  at: '2026-01-01T00:00:00.000Z',
  subject: null,
});
const page = (module: DatabaseModule, times: number[], end: number | null = null): ModulePage => ({
  module,
  page: {
    items: times.map((ms) => eventOf(module, ms)),
    nextCursor: end === null ? null : idOf(end),
  },
});
const told = (answers: ModulePage[], limit: number) => {
  const { items, nextCursor, missing } = mergeEvents(answers, limit);
  return { items: items.map(({ id, module }) => `${module} ${parseInt(id, 16)}`), nextCursor, missing };
};

describe('pages of events', () => {
  it('are merged, the newest first', () => {
    expect(told([page('session', [9, 4]), page('node-pool', [7, 5])], 10)).toEqual({
      items: ['session 9', 'node-pool 7', 'node-pool 5', 'session 4'],
      nextCursor: null,
      missing: [],
    });
  });

  it('end with the limit, and go on after the last event shown', () => {
    expect(told([page('session', [9, 4], 4), page('node-pool', [7, 5])], 2)).toMatchObject({
      items: ['session 9', 'node-pool 7'],
      nextCursor: idOf(7),
    });
  });

  it('end where a module has more that it did not tell, so that nothing is passed over', () => {
    expect(told([page('session', [9, 8], 8), page('node-pool', [7, 5])], 4)).toMatchObject({
      items: ['session 9', 'session 8'],
      nextCursor: idOf(8),
    });
    expect(told([page('session', [9], 6), page('node-pool', [7, 5], 2)], 4)).toMatchObject({
      items: ['session 9', 'node-pool 7'],
      nextCursor: idOf(6),
    });
  });

  it('may be empty and go on all the same', () => {
    expect(told([page('session', [], 6), page('node-pool', [5], 5)], 4)).toMatchObject({
      items: [],
      nextCursor: idOf(6),
    });
  });

  it('name the modules that did not answer', () => {
    expect(told([page('session', [9]), { module: 'cognitive', page: null }], 4)).toMatchObject({
      items: ['session 9'],
      missing: ['cognitive'],
    });
  });

  it('give every event once when they are followed to the end', () => {
    const all = { session: [20, 18, 11, 3], 'node-pool': [19, 17, 16, 2, 1], reputation: [10] };
    const seen: string[] = [];
    for (let cursor: string | null = idOf(99), turns = 0; cursor !== null && turns < 50; turns++) {
      const below = cursor;
      const answers = Object.entries(all).map(([module, times]) => {
        const left = times.filter((ms) => idOf(ms) < below);
        const shown = left.slice(0, 2);
        return page(module as DatabaseModule, shown, left.length > 2 ? shown[1]! : null);
      });
      const merged = told(answers, 2);
      seen.push(...merged.items.map((item) => item.split(' ')[1]!));
      cursor = merged.nextCursor;
    }
    expect(seen).toEqual(['20', '19', '18', '17', '16', '11', '10', '3', '2', '1']);
  });
});
