import { attempt, DAY, nodeA, nodeB, probe, START, story, verdict } from './heard.fixture.js';
import type { NewEvent } from './ledger.store.js';
import { ReputationBench } from './reputation-bench.fixture.js';

describe('recounting', () => {
  let bench: ReputationBench;
  beforeEach(async () => {
    bench = await ReputationBench.start();
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  const differences = async (): Promise<string[]> => {
    const all = [];
    for (const nodeId of await bench.recounts.nodes()) all.push(...(await bench.recounts.check(nodeId)));
    all.push(...(await bench.recounts.checkSessions()));
    return all.map(({ of, figure }) => `${of.slice(0, 2)} ${figure}`);
  };
  const everything = async () => {
    const { client } = bench.db;
    return {
      ledgers: await client.nodeLedger.findMany({ orderBy: { nodeId: 'asc' } }),
      stats: await client.nodeStat.findMany({ orderBy: [{ nodeId: 'asc' }, { phase: 'asc' }] }),
      scores: (await client.score.findMany({ orderBy: { nodeId: 'asc' } })).map(
        ({ updatedAt: _, ...score }) => score,
      ),
      days: (
        await client.phaseDay.findMany({ orderBy: [{ nodeId: 'asc' }, { phase: 'asc' }, { day: 'asc' }] })
      ).map(({ coveredTotal: _, coveredSucceeded: __, ...day }) => day),
      changes: await client.levelChange.findMany({ orderBy: [{ nodeId: 'asc' }, { number: 'asc' }] }),
    };
  };
  const events = (): Promise<number> => bench.db.client.heardEvent.count();

  it('gives what is stored, to the last bit, also of late, repeated and simultaneous events', async () => {
    const told = story(21, 90, [nodeA, nodeB]);
    for (let n = 0; n < told.length; n += 3)
      await Promise.all([...told.slice(n, n + 3), told[n]!].map((event) => bench.ledger.enter(event)));
    expect(await events()).toBe(90);
    expect(await differences()).toEqual([]);
  });

  it('names each figure that is stored otherwise, and puts it right', async () => {
    await bench.hearAll(story(22, 60, [nodeA, nodeB]));
    const before = await everything();
    const { client } = bench.db;
    const [stat] = await client.nodeStat.findMany({ where: { nodeId: nodeA, phase: 'correctness' } });
    await client.nodeStat.updateMany({
      where: { nodeId: nodeA, phase: 'correctness' },
      data: { weight: stat!.weight * (1 + 2 ** -52) },
    });
    await client.score.updateMany({
      where: { nodeId: nodeB },
      data: { score: 0.99, accepted: { increment: 1 } },
    });
    await client.levelChange.deleteMany({ where: { nodeId: nodeB, number: 1 } });
    await client.phaseDay.updateMany({
      where: { nodeId: nodeA, phase: 'ping' },
      data: { total: { increment: 5 } },
    });
    const found = await differences();
    expect(found).toContain('UA stats.correctness.weight');
    expect(found.filter((line) => /^UA days\.ping\.2030-01-01\.total$/.test(line))).toHaveLength(1);
    expect(found).toEqual(expect.arrayContaining(['UB score', 'UB tasks.accepted', 'UB levels.1.to']));
    expect(found).toContain('se sum of accepted');
    for (const nodeId of [nodeA, nodeB]) expect(await bench.recounts.rebuild(nodeId)).not.toEqual([]);
    expect(await differences()).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  it('gives the same when old events have gone into a snapshot, and the trimmed are not counted again', async () => {
    const told = story(23, 120, [nodeA, nodeB]);
    await bench.hearAll(told);
    const before = await everything();
    // The story takes 40 hours: the events of its first day are old enough now, the later ones are not.
    bench.clock.step(START + 31 * DAY - bench.clock.ms());
    const replica = bench.trimming('one');
    await replica.turn();
    const left = await events();
    expect(left).toBeGreaterThan(20);
    expect(left).toBeLessThan(100);
    expect(await everything()).toEqual(before);
    expect(await differences()).toEqual([]);
    const again = await Promise.all(told.slice(0, 12).map((event) => bench.ledger.enter(event)));
    expect(again).toEqual(again.map(() => 'too_late'));
    expect(await everything()).toEqual(before);
    await bench.hearAll([{ eventId: 'new', ...verdict({ at: bench.clock.ms() }) }]);
    expect(await differences()).toEqual([]);
    // The snapshots grow, and a rebuild from them changes nothing.
    bench.clock.step(2 * DAY);
    await replica.turn();
    expect(await events()).toBe(1);
    const after = await everything();
    await bench.db.client.nodeLedger.deleteMany({ where: { nodeId: nodeA } });
    expect(await bench.recounts.rebuild(nodeA)).not.toEqual([]);
    expect(await everything()).toEqual(after);
    const snapshots = await bench.db.client.snapshot.findMany();
    expect(snapshots.reduce((sum, { events: count }) => sum + count, 0)).toBe(120);
  });

  it('keeps events until they are old enough, and trims as one replica at a time', async () => {
    const old: NewEvent[] = Array.from({ length: 5 }, (_, n) => ({ eventId: `old-${n}`, ...probe(1) }));
    await bench.hearAll(old);
    const [one, two] = [bench.trimming('one'), bench.trimming('two')];
    await one.turn();
    bench.clock.step(30 * DAY);
    await one.turn();
    expect(await events()).toBe(5);
    bench.clock.step(DAY - 20_000);
    await one.turn();
    expect(await events()).toBe(5);
    bench.clock.step(20_000);
    // The other replica still has the lease.
    await two.turn();
    expect(await events()).toBe(5);
    bench.clock.step(31_000);
    await two.turn();
    expect(await events()).toBe(0);
    expect(await bench.store.get(nodeA)).toMatchObject({ phases: [{ phase: 'ping', total: 5 }] });
    expect((await bench.past.series({ nodeId: nodeA })).series).toMatchObject([
      { phase: 'ping', all: [], days: [{ day: '2030-01-01', total: 5, succeeded: 5 }] },
    ]);
  });

  it('trims nothing into a snapshot that somebody has changed, and says so', async () => {
    await bench.hearAll([{ eventId: 'first', ...verdict({}) }]);
    bench.clock.step(31 * DAY);
    expect(await bench.trims.trim(nodeA)).toBe(1);
    await bench.hearAll([{ eventId: 'second', ...attempt('lost', { at: bench.clock.ms() }) }]);
    const { client } = bench.db;
    const [{ state } = { state: '' }] = await client.snapshot.findMany();
    await client.snapshot.updateMany({ data: { state: state.replace('"level":1', '"level":9') } });
    expect(await differences()).toEqual(
      expect.arrayContaining(['UA digest', 'UA ledger.standing.level', 'UA levels.2.from']),
    );
    bench.clock.step(32 * DAY);
    await expect(bench.trims.trim(nodeA)).rejects.toThrow('does not have its digest');
    await bench.trimming('one').turn();
    expect(await events()).toBe(1);
  });

  it('catches up with thousands of events that a replica of an earlier version noted', async () => {
    await bench.hearAll([{ eventId: 'first', ...probe(1) }]);
    await bench.note(story(24, 4_500).map((event) => ({ ...event, eventId: `noted-${event.eventId}` })));
    await bench.trimming('one').turn();
    const [kept] = await bench.db.client.nodeLedger.findMany();
    const [last] = await bench.db.client.heardEvent.findMany({ orderBy: { sequence: 'desc' }, take: 1 });
    expect(kept?.sequence).toBe(last?.sequence);
    const found = await bench.recounts.check(nodeA);
    expect(found).toEqual([]);
    expect(await bench.db.client.event.count()).toBe(1);
  });

  it('agrees with the counts of a replica of an earlier version, which adds to rows and keeps no ledger', async () => {
    await bench.hearAll([{ eventId: 'first', ...verdict({}) }]);
    await bench.note([{ eventId: 'second', ...verdict({ failed: 'correctness' }) }]);
    const { client } = bench.db;
    await client.nodeStat.updateMany({ where: { nodeId: nodeA }, data: { total: { increment: 1 } } });
    await client.score.updateMany({ data: { score: 0.123, announced: 0.123 } });
    expect(await differences()).toContain('UA sequence');
    await bench.hearAll([{ eventId: 'third', ...verdict({}) }]);
    expect(await differences()).toEqual([]);
    expect(await client.levelChange.count()).toBe(3);
  });

  it('agrees with what is stored while events are heard, trimmed and recounted at the same time', async () => {
    await bench.hearAll(story(25, 40));
    bench.clock.step(START + 31 * DAY - bench.clock.ms());
    const later = Array.from({ length: 8 }, (_, n) => ({
      eventId: `later-${n}`,
      ...verdict({ at: bench.clock.ms() + n, failed: n % 3 === 0 ? 'commit' : null }),
    }));
    const found = await Promise.all([
      ...later.map((event) => bench.ledger.enter(event).then(() => [])),
      bench.trims.trim(nodeA).then(() => []),
      bench.trims.trim(nodeA).then(() => []),
      bench.recounts.check(nodeA),
      bench.recounts.rebuild(nodeA),
    ]);
    expect(found.flat()).toEqual([]);
    expect(await differences()).toEqual([]);
    expect(await events()).toBe(8);
  });
});
