import type { PrismaClient } from '@ganglion/database/session';
import { type SessionParameters, sessionParameters, type TaskSubmitted } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { type TestDatabase, testDatabase } from '@ganglion/testkit';
import { randomUUID } from 'node:crypto';
import { SessionDatabase, SessionOutbox } from './database.store.js';
import { KeyStore } from './key.store.js';
import { SessionStore } from './session.store.js';
import { UsageStore } from './usage.store.js';

const digest = 'a'.repeat(64);
const parameters: SessionParameters = sessionParameters.parse({ model: 'tiny', ttlSeconds: 60 });
const used = {
  taskId: '01970000-0000-7000-8000-000000000000',
  owner: 'key-1',
  promptTokens: 5,
  completionTokens: 7,
  at: '2026-11-23T23:59:59.999Z',
};

describe('the session’s rows', () => {
  let db: TestDatabase<PrismaClient>;
  let database: SessionDatabase;
  let sessions: SessionStore;
  let keys: KeyStore;
  let usage: UsageStore;

  beforeAll(async () => {
    db = (await testDatabase('session')) as TestDatabase<PrismaClient>;
    database = new SessionDatabase(db.url);
    const clock = new Clock();
    const outbox = new SessionOutbox({
      client: database.client,
      publish: async () => {},
      clock,
      holder: 'spec',
    });
    sessions = new SessionStore(database, outbox, clock);
    keys = new KeyStore(database, outbox, clock);
    usage = new UsageStore(database, clock);
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await db[Symbol.asyncDispose]();
  });

  it('hold one shared session per model, whoever makes it first', async () => {
    const make = () => sessions.create({ owner: null, modelDigest: digest, sharedFor: digest, parameters });
    const made = await Promise.all([make(), make(), make()]);
    expect(made.filter((row) => row !== null)).toHaveLength(1);
    expect(await sessions.findShared(digest)).toMatchObject({
      state: 'RESERVING',
      expiresAt: null,
      owner: null,
    });
  });

  it('let a session be closed once', async () => {
    const row = (await sessions.create({
      owner: 'key-1',
      modelDigest: digest,
      sharedFor: null,
      parameters,
    }))!;
    const close = () =>
      sessions.move(row.id, ['RESERVING', 'READY'], 'CLOSING', { code: 'session_closed', message: 'closed' });
    expect((await Promise.all([close(), close()])).filter(Boolean)).toHaveLength(1);
    expect(await sessions.get(row.id)).toMatchObject({
      state: 'CLOSING',
      reason: { code: 'session_closed' },
    });
    expect((await sessions.history(row.id)).map(({ state }) => state)).toEqual([
      'REQUESTED',
      'RESERVING',
      'CLOSING',
    ]);
  });

  it('show a key’s own sessions, newest first, page by page', async () => {
    const mine = [];
    for (let index = 0; index < 3; index++)
      mine.unshift(
        (await sessions.create({ owner: 'key-9', modelDigest: digest, sharedFor: null, parameters }))!.id,
      );
    const first = await sessions.list({ owner: 'key-9', limit: 2 });
    expect(first.rows.map(({ id }) => id)).toEqual(mine.slice(0, 2));
    const second = await sessions.list({ owner: 'key-9', limit: 2, cursor: first.nextCursor! });
    expect(second).toMatchObject({ rows: [{ id: mine[2] }], nextCursor: null });
    await sessions.move(mine[1]!, ['RESERVING'], 'READY', null);
    const ready = await sessions.list({ owner: 'key-9', state: 'READY', limit: 2 });
    expect(ready.rows.map(({ id }) => id)).toEqual([mine[1]]);
    const everybodys = await sessions.list({ owner: null, state: 'READY', limit: 200 });
    expect(everybodys.rows.map(({ id }) => id)).toContain(mine[1]);
    expect(new Set(everybodys.rows.map(({ state }) => state))).toEqual(new Set(['READY']));
  });

  it('say a submitted task once', async () => {
    const task: TaskSubmitted = {
      taskId: randomUUID(),
      sessionId: randomUUID(),
      owner: 'key-1',
      nodeId: null,
      holdReveal: false,
      redundancy: 1,
      verify: 'after',
      request: {
        model: 'tiny',
        modelDigest: digest,
        prompt: { text: 'hi' },
        choices: 1,
        sampling: {
          temperature: 0,
          topP: 1,
          topK: 0,
          minP: 0,
          presencePenalty: 0,
          frequencyPenalty: 0,
          repetitionPenalty: 1,
          seed: 1,
          maxTokens: 1,
          stop: [],
        },
        salt: digest,
      },
      submittedAt: new Date().toISOString(),
      expiresAt: new Date().toISOString(),
    };
    await Promise.all([sessions.submitted(task), sessions.submitted(task)]);
    expect(await db.client.event.count({ where: { entityId: task.taskId } })).toBe(1);
  });

  it('book the usage of a task once, however often its event comes', async () => {
    await Promise.all([usage.book('event-1', used), usage.book('event-1', used)]);
    await usage.book('event-2', used);
    await usage.book('event-3', { ...used, owner: null });
    expect(await usage.of('key-1')).toEqual({ tasks: 2, promptTokens: 10, completionTokens: 14 });
    expect(await usage.of('nobody')).toEqual({ tasks: 0, promptTokens: 0, completionTokens: 0 });
  });

  it('know a key by its hash until it is revoked, and keep the first insertion', async () => {
    const { keyId } = await keys.insert({ hash: digest, name: 'first', scopes: ['inference'] });
    expect(await keys.insert({ hash: digest, name: 'again', scopes: ['admin'] })).toMatchObject({
      keyId,
      name: 'first',
    });
    expect(await keys.byHash(digest)).toMatchObject({ keyId, scopes: ['inference'] });
    await keys.revoke(keyId);
    await keys.revoke(keyId);
    expect(await keys.byHash(digest)).toBeNull();
    expect(await db.client.event.count({ where: { subject: 'evt.session.key-revoked' } })).toBe(1);
    await expect(keys.revoke(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
