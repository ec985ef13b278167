import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PrismaClient } from './generated/trial/client.js';
import { hearOnce } from './heard.js';
import { history } from './history.js';
import { born, move } from './move.js';
import { record } from './event-row.js';
import { lampBroken, lampLifecycle, Trial } from './trial.fixture.js';

jest.setTimeout(60_000);

const at = new Date('2026-01-02T03:04:05.678Z');

describe('moves on a real server', () => {
  let trial: Trial;
  let client: PrismaClient;
  beforeAll(async () => {
    trial = await Trial.start();
    client = trial.open();
  }, 60_000);
  afterAll(() => trial[Symbol.asyncDispose]());

  const newLamp = (): Promise<string> =>
    client.$transaction(async (tx) => {
      const { id } = await tx.lamp.create({ data: {} });
      await born(tx, lampLifecycle, { id, at });
      return id;
    });
  const light = (id: string, replica = client) =>
    replica.$transaction((tx) =>
      move(tx, lampLifecycle, { delegate: tx.lamp, id, from: 'NEW', to: 'LIT', at, data: { colour: 'red' } }),
    );
  const states = async (id: string) => (await history(client, 'lamp', id)).map(({ state }) => state);

  it('moves the row, writes the other columns and the event row', async () => {
    const id = await newLamp();
    expect(await light(id)).toMatchObject({ id, state: 'LIT', version: 1, colour: 'red' });
    const reason = { code: 'DROPPED', message: 'it fell' };
    const row = await client.$transaction((tx) =>
      move(tx, lampLifecycle, {
        delegate: tx.lamp,
        id,
        from: ['LIT', 'DIM'],
        to: 'BROKEN',
        at,
        reason,
        says: {
          event: lampBroken,
          payload: ({ colour }, version) => ({ lampId: id, version, colour }),
        },
      }),
    );
    expect(row?.version).toBe(2);
    const event = await client.event.findFirstOrThrow({ where: { entityId: id, to: 'BROKEN' } });
    expect(event).toMatchObject({ entity: 'lamp', from: 'LIT', version: 2, reason, at, publishedAt: null });
    expect(event.subject).toBe('evt.session.lamp-broken');
    expect(event.payload).toEqual({ lampId: id, version: 2, colour: 'red' });
    expect(await history(client, 'lamp', id)).toEqual([
      { state: 'NEW', at: at.toISOString(), reason: null },
      { state: 'LIT', at: at.toISOString(), reason: null },
      { state: 'BROKEN', at: at.toISOString(), reason: 'DROPPED: it fell' },
    ]);
  });

  it('lets exactly one of several concurrent moves win, and writes nothing for the others', async () => {
    const replicas = [client, trial.open(), trial.open()];
    for (let round = 0; round < 10; round++) {
      const id = await newLamp();
      const rows = await Promise.all(replicas.map((replica) => light(id, replica)));
      expect(rows.filter((row) => row !== null)).toHaveLength(1);
      expect(await states(id)).toEqual(['NEW', 'LIT']);
    }
  });

  it('finds the state it leaves when others move the row meanwhile', async () => {
    const id = await newLamp();
    const destroy = (replica: PrismaClient) =>
      replica.$transaction((tx) =>
        move(tx, lampLifecycle, { delegate: tx.lamp, id, from: ['NEW', 'LIT', 'DIM'], to: 'BROKEN', at }),
      );
    const [lit, broken] = await Promise.all([light(id), destroy(trial.open())]);
    expect(broken?.state).toBe('BROKEN');
    expect(await states(id)).toEqual(lit ? ['NEW', 'LIT', 'BROKEN'] : ['NEW', 'BROKEN']);
  });

  it('shows every state passed, in order, from wherever the row is', async () => {
    const [skipped, current] = [await newLamp(), await newLamp()];
    await light(current);
    for (const id of [skipped, current]) {
      const row = await client.$transaction((tx) =>
        move(tx, lampLifecycle, {
          delegate: tx.lamp,
          id,
          from: ['NEW', 'LIT'],
          through: ['LIT', 'DIM'],
          to: 'BROKEN',
          at,
        }),
      );
      expect(row?.version).toBe(3);
      expect(await states(id)).toEqual(['NEW', 'LIT', 'DIM', 'BROKEN']);
    }
  });

  it('writes nothing when the compare fails or the transaction is rolled back', async () => {
    const id = await newLamp();
    const from = 'DIM' as const;
    const lost = await client.$transaction((tx) =>
      move(tx, lampLifecycle, { delegate: tx.lamp, id, from, to: 'LIT', at }),
    );
    expect(lost).toBeNull();
    const failing = client.$transaction(async (tx) => {
      await move(tx, lampLifecycle, { delegate: tx.lamp, id, from: 'NEW', to: 'LIT', at });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await states(id)).toEqual(['NEW']);
    expect(await client.lamp.findUnique({ where: { id } })).toMatchObject({ state: 'NEW', version: 0 });
  });

  it('refuses a move that the table does not have', async () => {
    const id = await newLamp();
    const wrong = client.$transaction((tx) =>
      move(tx, lampLifecycle, { delegate: tx.lamp, id, from: 'NEW', to: 'DIM', at }),
    );
    await expect(wrong).rejects.toThrow('lamp: the lifecycle has no move NEW → DIM');
  });

  it('refuses to say what the event’s schema does not allow', async () => {
    const payload = { lampId: 'no uuid', version: 1, colour: null };
    const wrong = record(client, { event: lampBroken, payload, entity: 'lamp', entityId: 'x', at });
    await expect(wrong).rejects.toThrow('lampId');
    expect(await client.event.count({ where: { entityId: 'x' } })).toBe(0);
  });

  it('hears an event once, although it comes twice at the same time', async () => {
    const eventId = randomUUID();
    const replicas = [client, trial.open()];
    const hear = (replica: PrismaClient) => replica.$transaction((tx) => hearOnce(tx, eventId, at));
    expect((await Promise.all(replicas.map(hear))).toSorted()).toEqual([false, true]);
    expect(await hear(client)).toBe(false);
  });

  it('hears an event again whose first hearing was rolled back', async () => {
    const eventId = randomUUID();
    const failing = client.$transaction(async (tx) => {
      await hearOnce(tx, eventId, at);
      throw new Error('the handler failed');
    });
    await expect(failing).rejects.toThrow('the handler failed');
    expect(await hearOnce(client, eventId, at)).toBe(true);
  });
});
