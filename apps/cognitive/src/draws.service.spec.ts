import { epochSeedHash } from '@ganglion/commitment';
import { cognitive, type DrawView, Fault, type PayloadOf } from '@ganglion/contracts';
import { Audited } from './audited.fixture.js';
import { type Cognitive, newNode } from './cognitive.fixture.js';
import { Peers } from './peers.fixture.js';

describe('the draw of an epoch', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());
  const epochs = async (module: Cognitive) => (await module.audits.epochs.list({ limit: 10 })).items;
  const draws = async (module: Cognitive): Promise<DrawView[]> =>
    (await module.audits.draws.list({ epoch: 1, limit: 200 })).items;

  it('is announced by the hash of its seed before it begins, and revealed when it is over', async () => {
    await using audited = await Audited.on(peers, { baseRate: 20_000 }, { isOpen: false });
    const { module } = audited;
    const [opened] = (await module.said(cognitive.epochOpened.subject)) as [
      PayloadOf<typeof cognitive.epochOpened>,
    ];
    expect(Date.parse(opened.startsAt)).toBeGreaterThan(Date.parse(opened.at));
    expect(await epochs(module)).toMatchObject([
      { epoch: 1, seedHash: opened.seedHash, seed: null, baseRate: 20_000 },
    ]);
    await audited.tick(60_000);
    await expect(draws(module)).rejects.toMatchObject({ code: 'CONFLICT' });
    await audited.tick(30_000);
    await audited.tick(45_000);
    const [closed] = (await module.said(cognitive.epochClosed.subject)) as [
      PayloadOf<typeof cognitive.epochClosed>,
    ];
    expect(closed).toMatchObject({ epoch: 1, seedHash: opened.seedHash, audits: 0 });
    expect(epochSeedHash(closed.seed)).toBe(opened.seedHash);
    expect((await epochs(module)).find(({ epoch }) => epoch === 1)?.seed).toBe(closed.seed);
    const spans = (await epochs(module)).reverse().map(({ startsAt, endsAt }) => [startsAt, endsAt]);
    for (const [at, [startsAt]] of spans.slice(1).entries()) expect(startsAt).toBe(spans[at]![1]);
  });

  it('happens once per precommit, whoever hears it how often', async () => {
    await using audited = await Audited.on(peers);
    const { draw, fact } = await audited.precommit();
    await using other = audited.replica();
    const again = Array.from({ length: 6 }, (_, n) =>
      (n % 2 ? other : audited.module).audits.draws.hear(fact, n < 3 ? 'the first event' : `event ${n}`),
    );
    expect(await Promise.all(again)).toEqual(Array(6).fill(null));
    expect(await audited.states(draw.id)).toEqual(['DRAWN']);
    const { fact: next } = await audited.unheard();
    const heard = await Promise.all(
      [1, 2, 3].map((n) => audited.module.audits.draws.hear(next, `of ${n % 2}`)),
    );
    expect(heard.filter((id) => id !== null)).toHaveLength(1);
  });

  it('is made of the score that was last heard of the node', async () => {
    await using audited = await Audited.on(peers, { baseRate: 100_000 });
    const { module } = audited;
    const nodeId = newNode();
    const rate = (score: number, at: string) => module.audits.draws.rate({ nodeId, score, at });
    await rate(0.75, '2030-01-01T00:00:02.000Z');
    await rate(0.1, '2030-01-01T00:00:01.000Z');
    await audited.unheard({ nodeId }).then(({ fact }) => module.audits.draws.hear(fact, 'one'));
    await audited.unheard().then(({ fact }) => module.audits.draws.hear(fact, 'two'));
    await audited.close();
    expect((await draws(module)).map(({ score, rate: drawnAt }) => [score, drawnAt])).toEqual([
      [750, 175_000],
      [0, 400_000],
    ]);
  });

  it('passes over precommits of no epoch, and those of queues that do not say the hash', async () => {
    await using audited = await Audited.on(peers);
    const { module } = audited;
    const { fact } = await audited.unheard();
    const before = { ...fact, at: '2029-12-31T00:00:00.000Z' };
    expect(await module.audits.draws.hear(before, 'one')).toBeNull();
    const { precommit: _, ...old } = fact;
    expect(await module.audits.draws.hear(old, 'two')).toBeNull();
    await audited.close();
    expect(await draws(module)).toEqual([]);
  });

  it('closes only when its audits have ended, and then shows what became of them', async () => {
    await using audited = await Audited.on(peers);
    const { module } = audited;
    const { draw } = await audited.precommit();
    await audited.tick(150_000);
    expect((await epochs(module)).at(-1)?.closedAt).toBeNull();
    peers.receipts.set(draw.taskId, new Fault('CONFLICT', 'none', { state: 'EXPIRED' }));
    await audited.tick(3_000);
    await audited.tick(1);
    expect(await draws(module)).toMatchObject([
      { drawId: draw.id, precommit: draw.precommit, audit: { state: 'UNVERIFIABLE' } },
    ]);
  });

  it('is kept for some days after its epoch, and the seed for good', async () => {
    await using audited = await Audited.on(peers, { keepDays: 2 });
    const { module } = audited;
    await audited.precommit();
    await audited.close();
    expect(await draws(module)).toHaveLength(1);
    await audited.tick(2 * 86_400_000);
    // One epoch each turn, those that were closed first first.
    for (let turn = 0; turn < 25; turn++) await audited.tick(1);
    await expect(draws(module)).rejects.toMatchObject({ code: 'NOT_FOUND', message: /kept until/ });
    for (const left of [module.db.client.draw, module.db.client.audit, module.db.client.verification])
      expect(await (left as typeof module.db.client.draw).count()).toBe(0);
    expect((await epochs(module)).find(({ epoch }) => epoch === 1)?.seed).not.toBeNull();
  });

  it('is none where nothing is audited', async () => {
    await using audited = await Audited.on(peers, { baseRate: 0 }, { isOpen: false });
    await audited.tick(60_000);
    expect(await epochs(audited.module)).toEqual([]);
    const { fact } = await audited.unheard();
    expect(await audited.module.audits.draws.hear(fact, 'one')).toBeNull();
  });
});
