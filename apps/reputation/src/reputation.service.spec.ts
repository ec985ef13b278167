import { randomUUID } from 'node:crypto';
import { cognitive, nodePool, reputation, sessionQueue } from '@ganglion/contracts';
import { Clock, Metrics } from '@ganglion/runtime';
import { type ClientOf, type TestDatabase, testDatabase } from '@ganglion/testkit';
import { ReputationDatabase, ReputationOutbox } from './database.store.js';
import { LedgerStore } from './ledger.store.js';
import { ReputationService } from './reputation.service.js';
import { ReputationStore } from './reputation.store.js';
import { scoreOf } from './score.js';

const nodeId = `U${'A'.repeat(55)}`;
const other = `U${'B'.repeat(55)}`;
const sessionId = '01890000-0000-7000-8000-000000000009';
const minutesIn = (n: number): string => new Date(Date.UTC(2030, 0, 1, 0, n)).toISOString();
const verdict = (n: number, correctness = true, node = nodeId) => ({
  nodeId: node,
  at: minutesIn(n),
  passed: correctness,
  phases: { start: true, precommit: true, commit: true, correctness },
});
const attempt = (n: number) => ({ taskId: randomUUID(), attempt: 1, nodeId, sessionId, at: minutesIn(n) });

describe('reputation', () => {
  let db: TestDatabase<ClientOf<'reputation'>>;
  let database: ReputationDatabase;
  let ledger: LedgerStore;
  let store: ReputationStore;
  let service: ReputationService;

  beforeEach(async () => {
    db = await testDatabase('reputation');
    database = new ReputationDatabase(db.url);
    const clock = new Clock();
    const outbox = new ReputationOutbox(database, { publish: async () => {}, clock, holder: 'spec' });
    ledger = new LedgerStore(database, outbox, clock);
    store = new ReputationStore(database, clock);
    service = new ReputationService(ledger, store, new Metrics('spec'));
  });
  afterEach(async () => {
    await database.client.$disconnect();
    await db[Symbol.asyncDispose]();
  });

  const hear = (event: { subject: string }, payload: unknown, eventId = randomUUID()): Promise<void> =>
    service.hear(payload, { subject: event.subject, eventId, deliveries: 1 });
  const announced = async (): Promise<number> =>
    db.client.event.count({ where: { subject: reputation.scoreChanged.subject } });

  it('knows a registered node, with a score of 0', async () => {
    await hear(nodePool.nodeRegistered, { nodeId, at: minutesIn(0) });
    expect(await store.get(nodeId)).toMatchObject({ score: 0, successRate: null, phases: [] });
    expect(await announced()).toBe(0);
  });

  it('counts an event once, however often and however simultaneously it comes', async () => {
    const eventId = randomUUID();
    await Promise.all([1, 2, 3, 4].map(() => hear(cognitive.verdictGiven, verdict(1), eventId)));
    await hear(cognitive.verdictGiven, verdict(1), eventId);
    const { phases } = await store.get(nodeId);
    expect(phases.find(({ phase }) => phase === 'correctness')).toEqual({
      phase: 'correctness',
      total: 1,
      succeeded: 1,
      points: 5,
    });
  });

  it('gives a score that a recount of the heard events gives again, to the last bit', async () => {
    const events = Array.from({ length: 40 }, (_, n) =>
      n % 4 === 0
        ? hear(cognitive.nodeProbed, { nodeId, rttMs: n % 8 === 0 ? null : 1, at: minutesIn(97 * n) })
        : hear(cognitive.verdictGiven, verdict(61 * n, n % 9 !== 0)),
    );
    await Promise.all(events);
    await hear(sessionQueue.attemptAccepted, {
      ...attempt(5),
      completionTokens: 12,
      ttftMs: 3,
      durationMs: 9,
    });
    await hear(sessionQueue.attemptLost, attempt(6));
    const before = await store.get(nodeId);
    const rows = await db.client.nodeStat.findMany({ where: { nodeId }, orderBy: { phase: 'asc' } });
    const recounted = await ledger.rebuild(nodeId);
    expect(scoreOf(recounted.stats).score).toBe(before.score);
    expect(await db.client.nodeStat.findMany({ where: { nodeId }, orderBy: { phase: 'asc' } })).toEqual(rows);
    expect(await store.get(nodeId)).toEqual({ ...before, updatedAt: expect.any(String) });
    expect(before.score).toBeGreaterThan(0.3);
  });

  it('says aloud a score that has moved by a hundredth, and no smaller change', async () => {
    for (let n = 0; n < 60; n++) await hear(cognitive.verdictGiven, verdict(n));
    const said = await db.client.event.findMany({
      where: { subject: reputation.scoreChanged.subject },
      orderBy: { sequence: 'asc' },
    });
    const scores = [0, ...said.map(({ payload }) => (payload as { score: number }).score)];
    for (let n = 1; n < scores.length; n++)
      expect(Math.abs(scores[n]! - scores[n - 1]!)).toBeGreaterThanOrEqual(0.01);
    expect(said.length).toBeLessThan(40);
    expect(Math.abs((await store.get(nodeId)).score - scores.at(-1)!)).toBeLessThan(0.01);
  });

  it('sinks with a refused answer', async () => {
    for (let n = 0; n < 5; n++) await hear(cognitive.verdictGiven, verdict(n));
    const { score } = await store.get(nodeId);
    await hear(sessionQueue.attemptRejected, { ...attempt(6), reason: { code: 'a', message: 'b' } });
    expect((await store.get(nodeId)).score).toBeLessThan(score);
  });

  it('keeps sessions apart from nodes', async () => {
    await hear(sessionQueue.attemptAccepted, {
      ...attempt(1),
      completionTokens: 12,
      ttftMs: 3,
      durationMs: 9,
    });
    await hear(sessionQueue.attemptAccepted, {
      ...attempt(2),
      completionTokens: 30,
      ttftMs: 3,
      durationMs: 9,
    });
    await hear(sessionQueue.attemptLost, attempt(3));
    expect(await db.client.sessionStat.findUnique({ where: { sessionId } })).toEqual({
      sessionId,
      accepted: 2,
      rejected: 0,
      lost: 1,
      completionTokens: 42n,
    });
    expect((await store.get(nodeId)).tasks).toEqual({
      accepted: 2,
      rejected: 0,
      lost: 1,
      completionTokens: 42,
    });
  });

  it("shows a node's own figures, and never scores them", async () => {
    await hear(cognitive.verdictGiven, verdict(1));
    const { score } = await store.get(nodeId);
    const report = { taskId: randomUUID(), attempt: 1, promptTokens: 1, completionTokens: 1 };
    const context = { subject: `node.${nodeId}.reputation.measured`, nodeId, deliveries: 1 };
    await service.measured({ ...report, ttftMs: 0.001, tokensPerSecond: 1e9 }, context);
    expect(await store.get(nodeId)).toMatchObject({
      score,
      measured: { ttftMs: 0.001, tokensPerSecond: 1e9 },
    });
  });

  it('lists nodes page by page and names an unknown one', async () => {
    await hear(cognitive.verdictGiven, verdict(1));
    await hear(cognitive.verdictGiven, verdict(1, true, other));
    const first = await store.list({ limit: 1 });
    expect(first.items.map((view) => view.nodeId)).toEqual([nodeId]);
    const second = await store.list({ limit: 1, cursor: first.nextCursor! });
    expect(second.items.map((view) => view.nodeId)).toEqual([other]);
    expect(second.nextCursor).toBeNull();
    await expect(store.get(`U${'C'.repeat(55)}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
