import { jest } from '@jest/globals';
import { eventSearch } from '@ganglion/contracts';
import type { PrismaClient } from './generated/trial/client.js';
import { EventLog } from './event-log.js';
import { note } from './event-row.js';
import { born, move } from './move.js';
import { lampLifecycle, Trial } from './trial.fixture.js';

jest.setTimeout(60_000);

const reason = { code: 'dropped', message: 'it fell' };

describe('the log of events', () => {
  let trial: Trial;
  let client: PrismaClient;
  let log: EventLog;
  const started = Date.now() - 10_000;
  const lamps: string[] = [];
  beforeAll(async () => {
    trial = await Trial.start();
    client = trial.open();
    log = new EventLog(client, 'session');
    for (let index = 0; index < 3; index++) lamps.push(await brokenLamp(new Date(started + index * 1_000)));
  }, 60_000);
  afterAll(() => trial[Symbol.asyncDispose]());

  const brokenLamp = (at: Date): Promise<string> =>
    client.$transaction(async (tx) => {
      const { id } = await tx.lamp.create({ data: {} });
      await born(tx, lampLifecycle, { id, at });
      await move(tx, lampLifecycle, { delegate: tx.lamp, id, from: 'NEW', to: 'BROKEN', at, reason });
      return id;
    });
  const page = async (search: object = {}) => {
    const answer = await log.page(eventSearch.input.parse(search));
    return eventSearch.output.parse(JSON.parse(JSON.stringify(answer)));
  };
  const toldOf = async (search: object) =>
    (await page(search)).items.map(({ entityId, to }) => [lamps.indexOf(entityId), to]);

  it('shows what happened, the newest first', async () => {
    const { items, nextCursor } = await page();
    expect(items.map(({ entityId, to }) => [lamps.indexOf(entityId), to])).toEqual([
      [2, 'BROKEN'],
      [2, 'NEW'],
      [1, 'BROKEN'],
      [1, 'NEW'],
      [0, 'BROKEN'],
      [0, 'NEW'],
    ]);
    expect(items[0]).toMatchObject({ module: 'session', entity: 'lamp', from: 'NEW', reason, subject: null });
    expect(nextCursor).toBeNull();
  });

  it('goes on where a page ended, until there is no more', async () => {
    const first = await page({ limit: 4 });
    expect(first.items).toHaveLength(4);
    const second = await page({ limit: 4, cursor: first.nextCursor });
    expect([...first.items, ...second.items]).toEqual((await page()).items);
    expect(second.nextCursor).toBeNull();
  });

  it('finds by thing, state, reason and time', async () => {
    expect(await toldOf({ entity: 'lamp', entityId: lamps[1] })).toEqual([
      [1, 'BROKEN'],
      [1, 'NEW'],
    ]);
    expect(await toldOf({ to: 'NEW' })).toEqual([
      [2, 'NEW'],
      [1, 'NEW'],
      [0, 'NEW'],
    ]);
    expect(await toldOf({ code: 'dropped', limit: 2 })).toEqual([
      [2, 'BROKEN'],
      [1, 'BROKEN'],
    ]);
    expect(await toldOf({ code: 'unheard' })).toEqual([]);
    expect(await toldOf({ subject: 'evt.session.lamp-broken' })).toEqual([]);
    expect(await toldOf({ before: new Date(started + 1_000).toISOString() })).toEqual([
      [0, 'BROKEN'],
      [0, 'NEW'],
    ]);
    for (const before of ['2020-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z'])
      expect(await toldOf({ before })).toEqual([]);
    expect(await toldOf({ before: '9999-12-31T23:59:59.999Z', limit: 1 })).toEqual([[2, 'BROKEN']]);
  });

  it('looks through a part at a time for what is rare, and finds it in the end', async () => {
    const at = new Date();
    const rare = { entity: 'cellar', entityId: 'one', reason, at };
    await client.$transaction((tx) => note(tx, rare));
    await client.$executeRaw`
      INSERT INTO "Event" (id, entity, "entityId", at)
      SELECT ('ff000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'noise', 'n', now()
      FROM generate_series(1, 25000) n`;
    const first = await page({ entity: 'cellar' });
    expect(first.items).toEqual([]);
    const second = await page({ entity: 'cellar', cursor: first.nextCursor });
    expect(second).toMatchObject({ items: [{ entity: 'cellar', to: null, reason }], nextCursor: null });
    expect((await page({ entity: 'cellar', entityId: 'one' })).items).toHaveLength(1);
  });
});
