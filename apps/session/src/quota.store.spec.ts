import { noLimits } from '@ganglion/contracts';
import type { PrismaClient } from '@ganglion/database/session';
import { Clock } from '@ganglion/runtime';
import { type TestDatabase, testDatabase } from '@ganglion/testkit';
import { randomBytes, randomUUID } from 'node:crypto';
import { SessionDatabase, SessionOutbox } from './database.store.js';
import { KeyStore } from './key.store.js';
import { QuotaStore } from './quota.store.js';
import { UsageStore } from './usage.store.js';

const refused = (limit: string) => ({ code: 'LIMITED', details: { reason: 'quota_exceeded', limit } });

describe('the limits of a key', () => {
  let db: TestDatabase<PrismaClient>;
  let database: SessionDatabase;
  let keys: KeyStore;
  let quotas: QuotaStore;
  let usage: UsageStore;

  beforeAll(async () => {
    db = (await testDatabase('session')) as TestDatabase<PrismaClient>;
    database = new SessionDatabase(db.url);
    const clock = new Clock();
    const options = { client: database.client, publish: async () => {}, clock, holder: 'spec' };
    keys = new KeyStore(database, new SessionOutbox(options), clock);
    quotas = new QuotaStore(database, clock);
    usage = new UsageStore(database, clock);
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await db[Symbol.asyncDispose]();
  });

  const make = (limits = {}) =>
    keys.insert({ hash: randomBytes(32).toString('hex'), name: 'made', scopes: ['inference'] }, limits);
  const taskOf = (keyId: string) => ({ keyId, taskId: randomUUID(), timeoutSeconds: 60 });
  const used = (owner: string, at: Date, tokens: number) => ({
    taskId: randomUUID(),
    owner,
    promptTokens: 1,
    completionTokens: tokens - 1,
    at: at.toISOString(),
  });

  it('are none unless they are given', async () => {
    const { keyId, limits } = await make();
    expect(limits).toEqual(noLimits);
    await quotas.admit(taskOf(keyId));
    await quotas.admit(taskOf(randomUUID()));
    await quotas.admit(taskOf('no-uuid'));
    expect(await db.client.openTask.count()).toBe(0);
  });

  it('let in as many tasks as there is place for, also when all come at once', async () => {
    const { keyId } = await make({ concurrentTasks: 3 });
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => quotas.admit(taskOf(keyId))));
    const others = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason);
    expect(answers).toHaveLength(others.length + 3);
    for (const fault of others) expect(fault).toMatchObject(refused('concurrentTasks'));
  });

  it('count a task once, until it ends or is booked', async () => {
    const { keyId } = await make({ concurrentTasks: 1 });
    const task = taskOf(keyId);
    await Promise.all([quotas.admit(task), quotas.admit(task)]);
    await expect(quotas.admit(taskOf(keyId))).rejects.toMatchObject(refused('concurrentTasks'));
    await quotas.free(task.taskId);
    await quotas.free(task.taskId);
    const next = taskOf(keyId);
    await quotas.admit(next);
    await usage.book(randomUUID(), { ...used(keyId, new Date(), 2), taskId: next.taskId });
    await quotas.admit(taskOf(keyId));
  });

  it('forget a task of whose end nobody heard', async () => {
    const { keyId } = await make({ concurrentTasks: 1 });
    const task = taskOf(keyId);
    await quotas.admit(task);
    await db.client.openTask.update({ where: { taskId: task.taskId }, data: { until: new Date(0) } });
    await quotas.admit(taskOf(keyId));
    expect(await db.client.openTask.count({ where: { owner: keyId } })).toBe(1);
  });

  it('end with the tokens of the day, not with those of the day before', async () => {
    const { keyId } = await make({ tokensPerDay: 100 });
    const now = new Date();
    await usage.book(randomUUID(), used(keyId, new Date(now.getTime() - 2 * 86_400_000), 5_000));
    await usage.book(randomUUID(), used(keyId, now, 99));
    await quotas.admit(taskOf(keyId));
    await usage.book(randomUUID(), used(keyId, now, 1));
    await expect(quotas.admit(taskOf(keyId))).rejects.toMatchObject(refused('tokensPerDay'));
  });

  it('are changed one by one, told to the routers, and not of a revoked key', async () => {
    const { keyId } = await make({ concurrentTasks: 1, tokensPerDay: 10 });
    await usage.book(randomUUID(), used(keyId, new Date(), 7));
    const changed = await keys.change({ keyId, name: 'renamed', limits: { tokensPerDay: null } });
    expect(changed).toMatchObject({
      keyId,
      name: 'renamed',
      limits: { requestsPerMinute: null, concurrentTasks: 1, tokensPerDay: null },
      revokedAt: null,
      usage: { tasks: 1, promptTokens: 1, completionTokens: 6 },
    });
    expect(await keys.byId(keyId)).toMatchObject({ name: 'renamed', limits: { concurrentTasks: 1 } });
    const said = { subject: 'evt.session.key-changed', entityId: keyId };
    expect(await db.client.event.count({ where: said })).toBe(1);
    await keys.revoke(keyId);
    expect(await keys.change({ keyId, name: 'again' })).toBeNull();
    expect(await keys.change({ keyId: randomUUID(), name: 'again' })).toBeNull();
    expect(await db.client.event.count({ where: said })).toBe(1);
  });

  it('are listed with their keys, newest first, page by page, revoked ones on demand', async () => {
    const made = [await make(), await make({ requestsPerMinute: 9 }), await make()].map(({ keyId }) => keyId);
    await keys.revoke(made[2]!);
    const first = await keys.list({ limit: 1, revoked: false });
    expect(first.items).toMatchObject([{ keyId: made[1], limits: { requestsPerMinute: 9 } }]);
    const second = await keys.list({ limit: 1, revoked: false, cursor: first.nextCursor! });
    expect(second.items).toMatchObject([{ keyId: made[0] }]);
    const all = await keys.list({ limit: 2, revoked: true });
    expect(all.items.map(({ keyId }) => keyId)).toEqual([made[2], made[1]]);
    expect(all.items[0]?.revokedAt).toEqual(expect.any(String));
    expect((await keys.list({ limit: 200, revoked: true })).nextCursor).toBeNull();
  });

  it('leave a record by the day on which a task ended, however late and often it is heard', async () => {
    const { keyId } = await make();
    const late = new Date('2026-03-01T23:59:59.999Z');
    const booking = used(keyId, late, 10);
    await Promise.all([usage.book('late', booking), usage.book('late', booking)]);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        usage.book(randomUUID(), used(keyId, new Date('2026-03-02T00:00Z'), 5)),
      ),
    );
    const { items } = await usage.days({ from: '2026-03-01', to: '2026-03-02' });
    expect(items.filter((each) => each.keyId === keyId)).toEqual([
      { day: '2026-03-01', keyId, tasks: 1, promptTokens: 1, completionTokens: 9 },
      { day: '2026-03-02', keyId, tasks: 8, promptTokens: 8, completionTokens: 32 },
    ]);
    expect(await usage.days({ from: '2026-02-01', to: '2026-02-28' })).toEqual({ items: [] });
    await usage.book(randomUUID(), used(keyId, new Date('0000-01-01T00:00:00.000Z'), 3));
    expect((await usage.days({ from: '0000-01-01', to: '0001-01-01' })).items).toEqual([
      { day: '1970-01-01', keyId, tasks: 1, promptTokens: 1, completionTokens: 2 },
    ]);
  });
});
