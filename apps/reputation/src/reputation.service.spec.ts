import { randomUUID } from 'node:crypto';
import { reputation } from '@ganglion/contracts';
import {
  attempt,
  DAY,
  MINUTE,
  nodeA,
  nodeB,
  probe,
  registered,
  sessionId,
  START,
  story,
  verdict,
} from './heard.fixture.js';
import type { HistoryStore } from './history.store.js';
import type { NewEvent } from './ledger.store.js';
import { ReputationBench } from './reputation-bench.fixture.js';
import type { ReputationStore } from './reputation.store.js';

const other = nodeB;
const nodeId = nodeA;

describe('reputation', () => {
  let bench: ReputationBench;
  let store: ReputationStore;
  let past: HistoryStore;
  beforeEach(async () => {
    bench = await ReputationBench.start();
    ({ store, past } = bench);
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  const hear = (
    { subject, payload }: Omit<NewEvent, 'eventId'>,
    eventId: string = randomUUID(),
  ): Promise<void> => bench.service.hear(payload, { subject, eventId, deliveries: 1 });
  const announced = async (): Promise<number> =>
    bench.db.client.event.count({ where: { subject: reputation.scoreChanged.subject } });
  const minutesIn = (n: number): number => START + n * MINUTE;

  it('knows a registered node, with a score and a level of 0', async () => {
    await hear(registered());
    expect(await store.get(nodeId)).toMatchObject({ score: 0, level: 0, successRate: null, phases: [] });
    expect(await announced()).toBe(0);
  });

  it('counts an event once, however often and however simultaneously it comes', async () => {
    const eventId = randomUUID();
    await Promise.all([1, 2, 3, 4].map(() => hear(verdict({}), eventId)));
    await hear(verdict({}), eventId);
    const { phases, level } = await store.get(nodeId);
    expect(phases.find(({ phase }) => phase === 'correctness')).toEqual({
      phase: 'correctness',
      total: 1,
      succeeded: 1,
      points: 5,
    });
    expect(level).toBe(1);
  });

  it('says aloud a score that has moved by a hundredth, or has another level, and no smaller change', async () => {
    for (let n = 0; n < 60; n++) await hear(verdict({ at: minutesIn(n) }));
    const said = await bench.db.client.event.findMany({
      where: { subject: reputation.scoreChanged.subject },
      orderBy: { sequence: 'asc' },
    });
    const news = [
      { score: 0, level: 0 },
      ...said.map(({ payload }) => payload as { score: number; level: number }),
    ];
    for (let n = 1; n < news.length; n++) {
      const isRise = news[n]!.level === news[n - 1]!.level + 1;
      expect(isRise || Math.abs(news[n]!.score - news[n - 1]!.score) >= 0.01).toBe(true);
    }
    expect(said.length).toBeLessThan(42);
    const { score, level } = await store.get(nodeId);
    expect(Math.abs(score - news.at(-1)!.score)).toBeLessThan(0.01);
    expect([level, news.at(-1)!.level]).toEqual([5, 5]);
  });

  it('sinks with a refused answer, in score and level', async () => {
    for (let n = 0; n < 5; n++) await hear(verdict({ at: minutesIn(n) }));
    const { score, level } = await store.get(nodeId);
    await hear(attempt('rejected', { at: minutesIn(6) }));
    const sunk = await store.get(nodeId);
    expect(sunk.score).toBeLessThan(score / 2);
    expect({ before: level, after: sunk.level }).toEqual({ before: 2, after: 0 });
  });

  it('keeps sessions apart from nodes', async () => {
    await hear(attempt('accepted', { tokens: 12 }));
    await hear(attempt('accepted', { tokens: 30 }));
    await hear(attempt('lost', { nodeId: other }));
    expect(await past.session(sessionId)).toEqual({
      sessionId,
      accepted: 2,
      rejected: 0,
      lost: 1,
      completionTokens: 42,
    });
    expect((await store.get(nodeId)).tasks).toEqual({
      accepted: 2,
      rejected: 0,
      lost: 0,
      completionTokens: 42,
    });
    const unheard = randomUUID();
    expect(await past.session(unheard)).toMatchObject({ sessionId: unheard, accepted: 0, lost: 0 });
  });

  it("shows a node's own figures beside the oracle's, and scores the latter alone", async () => {
    await hear(verdict({ ttftMs: 250, tokensPerSecond: 50 }));
    const { score, axes } = await store.get(nodeId);
    const report = { taskId: randomUUID(), attempt: 1, promptTokens: 1, completionTokens: 1 };
    const context = { subject: `node.${nodeId}.reputation.measured`, nodeId, deliveries: 1 };
    await bench.service.measured({ ...report, ttftMs: 0.001, tokensPerSecond: 1e9 }, context);
    expect(await store.get(nodeId)).toMatchObject({
      score,
      axes,
      measured: { ttftMs: 0.001, tokensPerSecond: 1e9 },
      timed: { answers: 1, ttftMs: 250, tokensPerSecond: 50 },
    });
    expect(axes?.fast).toBeCloseTo(0.5 * (1_000 / 1_250) + 0.5 * (190 / 210), 10);
  });

  it('lists nodes page by page and names an unknown one', async () => {
    await hear(verdict({}));
    await hear(verdict({ nodeId: other }));
    const first = await store.list({ limit: 1 });
    expect(first.items.map((view) => view.nodeId)).toEqual([nodeId]);
    const second = await store.list({ limit: 1, cursor: first.nextCursor! });
    expect(second.items.map((view) => view.nodeId)).toEqual([other]);
    expect(second.nextCursor).toBeNull();
    const unknown = `U${'C'.repeat(55)}`;
    for (const ask of [
      store.get(unknown),
      past.explain(unknown),
      past.history({ nodeId: unknown, limit: 5 }),
      past.series({ nodeId: unknown }),
    ])
      await expect(ask).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('explains the stored score: the answer adds up to it, to the last bit', async () => {
    await Promise.all(story(5, 60).map(({ eventId, ...event }) => hear(event, eventId)));
    const told = reputation.explain.output.parse(await past.explain(nodeId));
    const { score } = await store.get(nodeId);
    const [correct, available, fast] = told.axes.map(({ value }) => value) as [number, number, number];
    expect(told.score).toBe(score);
    expect(correct * available * (1 - 0.1 + 0.1 * fast)).toBe(score);
    expect(told.asOf).not.toBeNull();
  });

  it('tells every change of level with its event, its time and its reason, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) {
      ids.push(randomUUID());
      await hear(verdict({ at: minutesIn(n), failed: n === 7 ? 'correctness' : null }), ids[n]);
    }
    const first = reputation.history.output.parse(await past.history({ nodeId, limit: 3 }));
    const second = await past.history({ nodeId, limit: 3, cursor: Number(first.nextCursor) });
    expect(first.level).toBe(0);
    expect([...first.items, ...second.items].map(({ from, to }) => `${from}→${to}`)).toEqual([
      '3→0',
      '2→3',
      '1→2',
      '0→1',
    ]);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]).toEqual({
      number: 4,
      at: new Date(minutesIn(7)).toISOString(),
      eventId: ids[7],
      from: 3,
      to: 0,
      reason: {
        code: 'failed_correctness',
        message: 'correctness failed (no_correctness): 3 of 3 levels lost',
      },
    });
  });

  it('tells when each phase was tried and succeeded, also of late events, and by day for ever', async () => {
    await hear(probe(1, { at: START + DAY }));
    await hear(probe(null, { at: START }));
    await hear(verdict({ at: START + 2 * DAY, failed: 'precommit' }));
    const { series } = reputation.series.output.parse(await past.series({ nodeId }));
    expect(series.map(({ phase }) => phase)).toEqual(['start', 'precommit', 'end', 'ping']);
    expect(series.at(-1)).toEqual({
      phase: 'ping',
      all: [START, START + DAY],
      succeeded: [START + DAY],
      days: [
        { day: '2030-01-01', total: 1, succeeded: 0 },
        { day: '2030-01-02', total: 1, succeeded: 1 },
      ],
    });
    const own = await past.series({ nodeId, phase: 'precommit' });
    expect(own.series).toEqual(series.filter(({ phase }) => phase === 'precommit'));
  });

  it('shows the newest five hundred moments and four hundred days of a phase at most', async () => {
    await hear(verdict({}));
    await bench.note(
      Array.from({ length: 520 }, (_, n) => ({
        eventId: `${n}`,
        ...probe(n % 2 ? 1 : null, { at: START + n * DAY }),
      })),
    );
    await bench.ledger.catchUp(nodeId);
    const { series } = await past.series({ nodeId });
    const ping = series.find(({ phase }) => phase === 'ping');
    expect(ping?.all).toEqual(Array.from({ length: 500 }, (_, n) => START + (n + 20) * DAY));
    expect(ping?.succeeded).toHaveLength(250);
    expect(ping?.days).toHaveLength(400);
    expect(ping?.days.at(-1)).toEqual({ day: '2031-06-04', total: 1, succeeded: 1 });
    expect(series.find(({ phase }) => phase === 'correctness')?.all).toEqual([START]);
  });

  it('counts what a replica of an earlier version has noted without a ledger', async () => {
    await hear(verdict({ at: minutesIn(0) }));
    await bench.note([{ eventId: 'missed', ...verdict({ at: minutesIn(1), failed: 'correctness' }) }]);
    expect(await bench.ledger.behind()).toEqual([nodeId]);
    await bench.ledger.catchUp(nodeId);
    expect(await bench.ledger.behind()).toEqual([]);
    expect(await store.get(nodeId)).toMatchObject({ level: 0, successRate: 3 / 4 });
    expect((await past.history({ nodeId, limit: 9 })).items.map(({ to }) => to)).toEqual([0, 1]);
  });
});
