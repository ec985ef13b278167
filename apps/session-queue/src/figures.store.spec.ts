import { sessionQueue, type TaskState } from '@ganglion/contracts';
import { v7 } from 'uuid';
import { submitted } from './an-answer.fixture.js';
import { QueueDatabase } from './database.store.js';
import { FiguresStore } from './figures.store.js';
import { QueueBench } from './queue-bench.fixture.js';

const START = Date.parse('2026-11-23T12:00:00.000Z');
const at = (seconds: number): Date => new Date(START + seconds * 1_000);
const NODE = `U${'A'.repeat(55)}`;

describe('the figures of the queue', () => {
  let bench: QueueBench;
  let database: QueueDatabase;
  beforeEach(async () => {
    bench = await QueueBench.open();
    database = new QueueDatabase(bench.db.url);
  });
  afterEach(async () => {
    await database.client.$disconnect();
    await bench[Symbol.asyncDispose]();
  });

  const figures = async (fromSeconds = 0, toSeconds = 60, bucketSeconds = 20) => {
    const input = {
      from: at(fromSeconds).toISOString(),
      to: at(toSeconds).toISOString(),
      bucketSeconds,
    };
    const answer = await new FiguresStore(database).figures(input);
    return sessionQueue.figures.output.parse(JSON.parse(JSON.stringify(answer)));
  };

  interface Ended {
    state?: TaskState;
    endedAt?: number;
    waitMs?: number;
    ttftMs?: number;
    silent?: boolean;
    tokens?: number;
  }
  /** A task that was offered and shown so many milliseconds after its submission, and ended so many seconds after the start. */
  const ended = async (facts: Ended, over: Parameters<typeof submitted>[0] = {}): Promise<string> => {
    const task = submitted(over);
    const { endedAt = 5, waitMs, ttftMs, state = 'FINALISED', tokens = 10 } = facts;
    const submittedAt = at(endedAt - 10);
    const after = (ms: number): Date => new Date(submittedAt.getTime() + ms);
    await bench.stores.tasks.insert(task, 'd');
    await bench.db.client.task.update({
      where: { id: task.taskId },
      data: {
        state,
        submittedAt,
        endedAt: at(endedAt),
        completionTokens: tokens,
        reason: { code: 'why', message: 'as it was told' },
      },
    });
    if (waitMs === undefined) return task.taskId;
    await bench.db.client.attempt.create({
      data: {
        id: v7(),
        taskId: task.taskId,
        attempt: 1,
        nodeId: NODE,
        silent: facts.silent ?? false,
        state: 'ACCEPTED',
        offeredAt: after(waitMs),
        dueAt: at(0),
        ...(ttftMs === undefined ? {} : { firstFrameAt: after(ttftMs) }),
      },
    });
    return task.taskId;
  };

  it('count what ended in the time by its end, and leave out tests', async () => {
    await ended({ state: 'FINALISED', tokens: 7 });
    await ended({ state: 'FINALISED', endedAt: 59, tokens: 5 });
    await ended({ state: 'FAILED', endedAt: 21, tokens: 0 });
    await ended({ state: 'EXPIRED', endedAt: 39, tokens: 0 });
    await ended({ state: 'CANCELLED', endedAt: 22, tokens: 1 });
    await ended({ endedAt: -1 });
    await ended({ endedAt: 60 });
    await ended({}, { sessionId: null, owner: null, nodeId: NODE });
    const told = await figures();
    expect(told.ended).toEqual({ finalised: 2, failed: 1, cancelled: 1, expired: 1 });
    expect(told.series.map(({ at: time, tasks, failed, tokens }) => [time, tasks, failed, tokens])).toEqual([
      [at(0).toISOString(), 1, 0, 7],
      [at(20).toISOString(), 3, 2, 1],
      [at(40).toISOString(), 1, 0, 5],
    ]);
  });

  it('measure the wait until the first offer, and until the first frame that was shown', async () => {
    for (let index = 1; index <= 10; index++) await ended({ waitMs: index * 10, ttftMs: index * 100 });
    await ended({ endedAt: 45, waitMs: 1_000, ttftMs: 5_000, silent: true });
    const told = await figures();
    const { p50, p95, p99 } = told.ttftMs!;
    expect([p50, p95, p99].map(Math.round)).toEqual([550, 955, 991]);
    expect(told.queueWaitMs?.p50).toBeCloseTo(60);
    expect(told.series[0]).toMatchObject({ ttftP50Ms: p50, ttftP95Ms: p95 });
    expect(told.series[0]?.queueWaitP95Ms).toBeCloseTo(95.5);
    expect(told.series[1]).toMatchObject({ ttftP50Ms: null, queueWaitP95Ms: null });
    expect(told.series[2]).toMatchObject({ ttftP50Ms: null, queueWaitP95Ms: 1_000 });
  });

  it('show the latest failures with their reasons and the node of their last try', async () => {
    const failed = await ended({ state: 'FAILED', endedAt: 30, waitMs: 1 });
    const expired = await ended({ state: 'EXPIRED', endedAt: 40 });
    await ended({ state: 'FINALISED', endedAt: 50 });
    const why = { model: 'tiny', reason: { code: 'why', message: 'as it was told' } };
    expect((await figures()).failures).toEqual([
      { taskId: expired, nodeId: null, at: at(40).toISOString(), ...why },
      { taskId: failed, nodeId: NODE, at: at(30).toISOString(), ...why },
    ]);
  });

  it('tell what waits and runs now, and nothing of an idle time but zeros', async () => {
    await bench.dispatched();
    await bench.stores.tasks.insert(submitted(), 'd');
    await bench.stores.tasks.insert(submitted({ sessionId: null, owner: null, nodeId: NODE }), 'd');
    const told = await figures();
    expect(told.tasks).toEqual({ DISPATCHED: 1, QUEUED: 1 });
    expect(told).toMatchObject({ ttftMs: null, queueWaitMs: null, failures: [] });
    expect(told.series).toHaveLength(3);
    expect(told.series[2]).toMatchObject({ tasks: 0, tokens: 0, ttftP50Ms: null });
  });

  it('refuse more steps than anybody could draw, and know of no task before the computers', async () => {
    await expect(figures(0, 10_000, 1)).rejects.toMatchObject({ code: 'INVALID' });
    const longAgo = { from: '0000-01-01T00:00:00.000Z', to: '0000-01-02T00:00:00.000Z', bucketSeconds: 1 };
    expect(await new FiguresStore(database).figures(longAgo)).toMatchObject({ series: [], failures: [] });
  });
});
