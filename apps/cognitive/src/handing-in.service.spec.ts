import { cognitive, type RoleEnding } from '@ganglion/contracts';
import { Cognitive, newNode } from './cognitive.fixture.js';
import { askedOf, makers } from './maker.fixture.js';
import { Peers } from './peers.fixture.js';

const newRoundId = '0198f2a0-0000-7000-8000-00000000000b';

describe('what creators and preparers hand in', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());

  const endings = async (module: Cognitive): Promise<string[]> =>
    ((await module.said(cognitive.roleEnded.subject)) as RoleEnding[]).map(
      ({ role, outcome, reason }) => `${role} ${outcome} ${reason.code}`,
    );
  const expire = (module: Cognitive, { expiresAt }: { expiresAt: string }): void =>
    module.clock.move(Date.parse(expiresAt) - module.clock.ms());
  const counted = async (module: Cognitive, outcome: string): Promise<boolean> =>
    (await module.metrics.text()).includes(`outcome="${outcome}"`);

  it('is refused when forged, replayed, changed, late or nobody’s business, and nobody is blamed for it', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 3);
    const { roundId } = await module.start([newNode()]);
    const { maker: creator, job } = askedOf(all, peers.created);
    const stranger = all.find(({ nodeId }) => nodeId !== creator.nodeId)!;
    const { handingIn } = module;
    const good = creator.creation(job);
    const refused = (reason: string) => ({ details: { reason } });

    await expect(handingIn.created(stranger.creation(job), stranger.nodeId)).rejects.toMatchObject(
      refused('not_asked'),
    );
    await expect(handingIn.created(stranger.creation(job), creator.nodeId)).rejects.toMatchObject(
      refused('bad_signature'),
    );
    await expect(
      handingIn.created(creator.creation(job, { roundId: newRoundId }), creator.nodeId),
    ).rejects.toMatchObject(refused('bad_signature'));
    const asPreparer = {
      roundId,
      made: { reference: good.made.reference, signature: good.made.signature },
      problem: null,
    };
    await expect(handingIn.prepared(asPreparer, creator.nodeId)).rejects.toMatchObject(refused('not_asked'));
    expect(await endings(module)).toEqual([]);

    await handingIn.created(good, creator.nodeId);
    expect(await handingIn.created(good, creator.nodeId)).toEqual({ noted: true });
    await expect(
      handingIn.created(creator.creation(job, { answer: 'on second thoughts' }), creator.nodeId),
    ).rejects.toMatchObject(refused('duplicate'));
    expect((await module.rounds.get(roundId)).state).toBe('CREATED');

    const { maker: preparer, job: next } = askedOf(all, peers.prepared);
    expire(module, next);
    await expect(handingIn.prepared(preparer.preparation(next), preparer.nodeId)).rejects.toMatchObject(
      refused('late'),
    );
    for (const outcome of ['not_asked', 'bad_signature', 'repeated', 'duplicate', 'late'])
      expect(await counted(module, outcome)).toBe(true);
  });

  it('fails a creator when it has signed another question than its seed decides', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 3);
    await module.start([newNode()]);
    const { maker: creator, job } = askedOf(all, peers.created);
    const own = creator.creation({ ...job, shape: { ...job.shape, choices: 2 } });
    await expect(module.handingIn.created(own, creator.nodeId)).rejects.toMatchObject({
      code: 'INVALID',
      details: { reason: 'wrong_question' },
    });
    expect(await endings(module)).toEqual(['creator failed wrong_question']);
    expect(peers.created).toHaveLength(2);
  });
});
