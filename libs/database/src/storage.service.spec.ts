import { jest } from '@jest/globals';
import type { PrismaClient } from './generated/trial/client.js';
import { record } from './event-row.js';
import { storageOf } from './storage.js';
import { lampBroken, Trial } from './trial.fixture.js';

jest.setTimeout(60_000);

describe('what a module keeps', () => {
  let trial: Trial;
  let client: PrismaClient;
  beforeAll(async () => {
    trial = await Trial.start();
    client = trial.open();
  }, 60_000);
  afterAll(() => trial[Symbol.asyncDispose]());

  it('is the size of its schema, and how much of what it has to say waits, for how long', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const now = new Date(at.getTime() + 1_500);
    const idle = await storageOf(client, now);
    expect(idle.outbox).toEqual({ waiting: 0, oldestMs: null });
    expect(idle.databaseBytes).toBeGreaterThan(8_192);
    const lampId = '019a0000-0000-7000-8000-000000000001';
    const payload = { lampId, version: 1, colour: null };
    const fact = { event: lampBroken, payload, entity: 'lamp', entityId: lampId, at };
    await client.$transaction(async (tx) => {
      await record(tx, fact);
      await record(tx, { ...fact, at: new Date(at.getTime() + 1_000) });
    });
    expect((await storageOf(client, now)).outbox).toEqual({ waiting: 2, oldestMs: 1_500 });
    await client.event.updateMany({ data: { publishedAt: now } });
    expect((await storageOf(client, now)).outbox).toEqual({ waiting: 0, oldestMs: null });
  });
});
