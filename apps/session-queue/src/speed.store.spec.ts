import { QueueBench } from './queue-bench.fixture.js';
import { countTask } from './speed.store.js';

const SPEED = 50;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1_000);

interface Try {
  first: number | null;
  precommit: number | null;
  offered?: number;
  silent?: boolean;
}

describe('the speed of a node, measured by an answer', () => {
  let bench: QueueBench;
  beforeAll(async () => void (bench = await QueueBench.open()));
  afterAll(() => bench[Symbol.asyncDispose]());

  /** A node with these attempts, the first of which is counted: its speed then, of `SPEED` before. */
  const speedAfter = async (completionTokens: number, tries: [Try, ...Try[]]): Promise<number> => {
    const { claim, lane } = await bench.dispatched();
    const { attempt, assignment } = bench.db.client;
    const { nodeId, attemptId, submitted } = claim;
    for (const [index, { first, precommit, offered = 0, silent = false }] of tries.entries()) {
      const times = {
        offeredAt: at(offered),
        firstFrameAt: first === null ? null : at(first),
        precommittedAt: precommit === null ? null : at(precommit),
        state: precommit === null ? ('STREAMING' as const) : ('PRECOMMITTED' as const),
        silent,
      };
      const key = { taskId: submitted.taskId, attempt: index + 1 };
      await attempt.upsert({
        where: { taskId_attempt: key },
        create: { ...key, ...times, nodeId, dueAt: at(100) },
        update: times,
      });
    }
    await bench.db.client.$transaction((tx) => countTask(tx, { id: attemptId, nodeId }, completionTokens));
    const row = await assignment.findFirstOrThrow({ where: { sessionId: lane.sessionId } });
    expect(row.tasksDone).toBe(1);
    return row.tokensPerSecond;
  };
  /** What a measurement makes of the speed before. */
  const near = (measured: number) => expect.closeTo(SPEED * 0.7 + measured * 0.3, 1);

  it('is its decode rate from the first frame to the precommit', async () => {
    // Offered long before: it waited in the miner.
    expect(await speedAfter(21, [{ offered: 0, first: 10, precommit: 12 }])).toEqual(near(10));
  });

  it('counts what the other slots did meanwhile', async () => {
    const half = await speedAfter(21, [
      { first: 10, precommit: 12 },
      { first: 11, precommit: 15 },
    ]);
    expect(half).toEqual(near(15));
    const whole = await speedAfter(21, [
      { first: 10, precommit: 12 },
      { first: 9, precommit: null },
      { offered: 5, first: null, precommit: 20, silent: true },
    ]);
    expect(whole).toEqual(near(30));
  });

  it('counts no attempt that was over before, or waits for its first token', async () => {
    const alone = await speedAfter(21, [
      { first: 10, precommit: 12 },
      { first: 5, precommit: 10 },
      { first: null, precommit: null },
    ]);
    expect(alone).toEqual(near(10));
  });

  it('stays as it was after an answer too short to tell, or one that streamed nothing', async () => {
    expect(await speedAfter(7, [{ first: 10, precommit: 12 }])).toBe(SPEED);
    expect(await speedAfter(21, [{ first: 10, precommit: 10.01 }])).toBe(SPEED);
    expect(await speedAfter(21, [{ first: null, precommit: 12, silent: true }])).toBe(SPEED);
  });
});
