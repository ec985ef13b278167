import { eventually, type TestMiner } from '@ganglion/testkit';
import { Crowd, type Seen } from './a-cheat.fixture.js';
import { counted } from './metrics.fixture.js';
import { rowsOf } from './rows.fixture.js';

/** Faults in what is sent, and what each is refused with. */
const refused = [
  ['wrong-hash', 'wrong_hash'],
  ['wrong-signature', 'wrong_signature'],
  ['wrong-frame-signature', 'wrong_signature'],
  ['commits-another-answer', 'stream_differs'],
  ['wrong-text', 'stream_differs'],
  ['frames-after-finish', 'stream_differs'],
  ['malformed-frames', 'malformed_frame'],
  ['too-long', 'malformed_commit'],
  ['empty-reveal', 'malformed_commit'],
  ['huge-reveal', 'commit_too_large'],
  ['replay', 'wrong_chain'],
  ['withheld-reveal', 'reveal_late'],
  ['late-reveal', 'reveal_late'],
  ['too-many-parts', 'reveal_late'],
] as const;
describe('a misbehaving miner', () => {
  let crowd: Crowd;
  beforeAll(async () => {
    crowd = await Crowd.gather(15);
  });
  afterAll(() => crowd?.[Symbol.asyncDispose]());

  const refusals = (code: string): Promise<number> =>
    counted(
      crowd.network,
      'session-queue',
      new RegExp(`^ganglion_events_total\\{.*attempt-rejected",code="${code}"`),
    );

  /** It was put away for this, and its refused answers reached nobody who was not told. */
  const expectCaught = async (cheat: TestMiner, code: string, seen: readonly Seen[]): Promise<void> => {
    const { reason } = await crowd.caught(cheat);
    expect(reason).toMatchObject({ code, message: expect.stringContaining('was refused') });
    crowd.expectNobodyDeceived(seen);
    const refused = await crowd.refusedTasks(cheat);
    expect(refused.length).toBeGreaterThan(0);
    for (const { task, code: own } of refused) {
      expect(own).toBe(code);
      const { error } = seen.find(({ taskId }) => taskId === task.taskId)!;
      const last = task.attempts.at(-1)!;
      if (error === undefined) {
        // Nothing of it was shown: another attempt answered.
        expect(last.state).toBe('ACCEPTED');
        expect(last.nodeId).not.toBe(cheat.nodeId);
      } else {
        expect(task).toMatchObject({ state: 'FAILED', reason: { code: 'answer_rejected' }, result: null });
        await expect(crowd.client.tasks.receipt(task.taskId)).rejects.toMatchObject({ status: 409 });
      }
    }
    const quarantined = new RegExp(`^ganglion_events_total\\{.*node-quarantined",code="${code}"`);
    expect(await counted(crowd.network, 'node-pool', quarantined)).toBeGreaterThan(0);
  };

  describe('whose word does not hold', () => {
    const cheats = new Map<string, TestMiner>();
    const before = new Map<string, number>();
    let seen: Seen[];
    beforeAll(async () => {
      for (const [fault, code] of refused) {
        before.set(code, await refusals(code));
        cheats.set(fault, await crowd.cheat());
      }
      // This one sends again what it sent for an earlier question.
      await crowd.askUntilAnswering(cheats.get('replay')!);
      for (const [fault] of refused) await cheats.get(fault)!.misbehave(fault);
      seen = await crowd.askUntilCaught([...cheats.values()]);
    });

    it.each(refused)('with %s is refused with %s, counted and quarantined', async (fault, code) => {
      const cheat = cheats.get(fault)!;
      await expectCaught(cheat, code, seen);
      const alike = refused.filter(([, other]) => other === code).map(([other]) => cheats.get(other)!);
      const { length } = (await Promise.all(alike.map((one) => crowd.refusedTasks(one)))).flat();
      // The network's own tests of the node may be refused for the same reason.
      await eventually(async () =>
        expect(await refusals(code)).toBeGreaterThanOrEqual(before.get(code)! + length),
      );
    });
  });

  it('that says everything twice is heard once, and stays', async () => {
    const cheat = await crowd.cheat('duplicates');
    const repeated = /^ganglion_answer_ms_count\{.*session-queue.commit",outcome="STALE"/;
    const before = await counted(crowd.network, 'session-queue', repeated);
    const accepted = await crowd.askUntilAnswering(cheat);
    expect(accepted.every(({ error }) => error === undefined)).toBe(true);
    crowd.expectNobodyDeceived(accepted);
    expect(await counted(crowd.network, 'session-queue', repeated)).toBeGreaterThan(before);
    expect(await crowd.refusedTasks(cheat)).toEqual([]);
    expect((await crowd.node(cheat)).state).toBe('RESERVED');
    await cheat.behave();
  });

  it('hurts nobody else: the honest go on serving, and only good answers were charged', async () => {
    // Those that were put away come back after half a minute.
    await crowd.repent();
    const seen = await crowd.askHonest();
    expect(seen.map(({ text }) => text)).toEqual(seen.map(() => crowd.good));
    const [charged] = await rowsOf<{ tasks: number; tokens: number }>(
      crowd.network,
      `SELECT count(*)::int AS tasks, sum("completionTokens")::int AS tokens FROM session_queue."Task"
        WHERE state = 'FINALISED' AND owner = $1`,
      [crowd.keyId],
    );
    const usage = await crowd.usage(charged!.tasks);
    expect(usage).toMatchObject({ tasks: charged!.tasks, completionTokens: charged!.tokens });
  });
});
