import { digestJson } from '@ganglion/commitment';
import { cognitive, Fault, type RoleEnding } from '@ganglion/contracts';
import { Cognitive, newNode, oracle } from './cognitive.fixture.js';
import { COOL_DOWN_MS } from './examiner-draw.js';
import { askedOf, makeChallenge, makers, rightAnswer } from './maker.fixture.js';
import { Peers } from './peers.fixture.js';

describe('a round whose challenge nodes make', () => {
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
  it('goes from creator to preparer to participants, who are judged by the answer that both have found', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 3);
    const [right, wrong] = [newNode(), newNode()];
    const { roundId, tasks } = await module.start([right, wrong]);
    expect((await module.rounds.get(roundId)).state).toBe('REQUESTED');
    expect(peers.enqueued).toEqual([]);
    const request = await makeChallenge(module, peers, all);
    expect(peers.created.at(-1)!.nodeId).not.toBe(peers.prepared.at(-1)!.nodeId);
    expect(peers.prepared[0]!.job.request).toEqual(request);
    expect(peers.prepared[0]!.job.seed).not.toBe(peers.created[0]!.job.seed);
    expect(peers.enqueued).toHaveLength(2);

    for (const taskId of tasks) await module.precommitted(taskId);
    await module.timed(tasks[0]!, right);
    await module.finalised(tasks[0]!, rightAnswer(request));
    await module.finalised(tasks[1]!, `${rightAnswer(request)} `);
    const round = await module.rounds.get(roundId);
    expect(round.history.map(({ state }) => state)).toEqual([
      'REQUESTED',
      'CREATED',
      'PREPARED',
      'STARTED',
      'PRECOMMITTING',
      'COMMITTING',
      'ENDED',
    ]);
    expect(round).toMatchObject({ creator: peers.created[0]!.nodeId, preparer: peers.prepared[0]!.nodeId });
    const verdicts = await module.verdicts();
    expect(verdicts.find(({ nodeId }) => nodeId === right)).toMatchObject({ passed: true });
    expect(verdicts.find(({ nodeId }) => nodeId === wrong)).toMatchObject({
      reason: { code: 'wrong_answer' },
    });
    expect(await endings(module)).toEqual(['creator passed passed', 'preparer passed passed']);
  });

  it('tells nobody the answer, and the question only to those who must know', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 2);
    const { roundId } = await module.start([newNode()]);
    const request = await makeChallenge(module, peers, all);
    const said = JSON.stringify([peers.enqueued, peers.prepared, await module.rounds.get(roundId)]);
    expect(said).not.toContain(rightAnswer(request));
    const rows = await module.db.client.round.findUniqueOrThrow({
      where: { id: roundId },
      include: { turns: true },
    });
    expect(JSON.stringify(rows)).not.toContain(rightAnswer(request));
    expect(rows.reference).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the oracle’s when no two nodes are there that are known well enough', async () => {
    await using module = await Cognitive.on(peers);
    const [known] = makers(peers, 1);
    const newcomers = makers(peers, 2).map((maker) => maker.known(1));
    peers.examiners = [known!.known(), ...newcomers];
    const { roundId, tasks } = await module.start([newNode()]);
    expect(peers.created).toEqual([]);
    expect(peers.enqueued.map(({ taskId }) => taskId)).toEqual(tasks);
    expect(await module.rounds.get(roundId)).toMatchObject({
      creator: oracle.oracleId,
      determinismClass: null,
    });
  });

  it('replaces a silent creator and a silent preparer, and blames them alone', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 4);
    await module.start([newNode()]);
    const silent = [peers.created[0]!.nodeId];
    expire(module, peers.created[0]!.job);
    await module.tick();
    expect(peers.created).toHaveLength(2);
    expect(peers.created[1]!.nodeId).not.toBe(silent[0]);
    expect(peers.created[1]!.job.seed).not.toBe(peers.created[0]!.job.seed);
    const { maker: creator, job } = askedOf(all, peers.created);
    await module.handingIn.created(creator.creation(job), creator.nodeId);
    silent.push(peers.prepared[0]!.nodeId);
    expire(module, peers.prepared[0]!.job);
    await module.tick();
    expect(peers.prepared).toHaveLength(2);
    const { maker: preparer, job: next } = askedOf(all, peers.prepared);
    await module.handingIn.prepared(preparer.preparation(next), preparer.nodeId);
    expect(peers.enqueued).toHaveLength(1);
    expect(await endings(module)).toEqual(['creator failed silent', 'preparer failed silent']);
    const ended = (await module.said(cognitive.roleEnded.subject)) as RoleEnding[];
    expect(ended.map(({ nodeId }) => nodeId)).toEqual(silent);
  });

  it('is the oracle’s when every creator declines or is away, and only who is away is blamed', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 4);
    for (const [at, { nodeId }] of all.entries())
      peers.refusals.set(nodeId, at === 0 ? new Fault('UNAVAILABLE', 'away') : new Fault('BUSY', 'full'));
    const { roundId, tasks } = await module.start([newNode()]);
    expect(peers.created).toHaveLength(3);
    expect(peers.enqueued.map(({ taskId }) => taskId)).toEqual(tasks);
    expect(await module.rounds.get(roundId)).toMatchObject({
      state: 'PRECOMMITTING',
      creator: oracle.oracleId,
      preparer: oracle.oracleId,
    });
    for (const ending of await endings(module))
      expect(['creator excused declined', 'creator failed unreachable']).toContain(ending);
    await module.precommitted(tasks[0]!);
    await module.finalised(tasks[0]!, '4');
    await module.timed(tasks[0]!, (await module.rounds.get(roundId)).participants[0]!);
    expect(await module.verdicts()).toMatchObject([{ passed: true }]);
  });

  it('believes neither of two that differ: both fail, and the oracle’s challenge is used', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 2);
    const { roundId, tasks } = await module.start([newNode()]);
    const { maker: creator, job } = askedOf(all, peers.created);
    await module.handingIn.created(creator.creation(job, { answer: 'a lie' }), creator.nodeId);
    const { maker: preparer, job: next } = askedOf(all, peers.prepared);
    await module.handingIn.prepared(preparer.preparation(next), preparer.nodeId);
    expect(await endings(module)).toEqual([
      'creator failed references_differ',
      'preparer failed references_differ',
    ]);
    expect(peers.enqueued[0]!.request.prompt).toEqual({
      messages: [{ role: 'user', content: 'What is 2 plus 2?' }],
    });
    await module.precommitted(tasks[0]!);
    await module.finalised(tasks[0]!, '5');
    expect((await module.rounds.get(roundId)).verdicts).toMatchObject([{ reason: { code: 'wrong_answer' } }]);
  });

  it('excuses participants that agree against the reference, and fails those who made it', async () => {
    await using module = await Cognitive.on(peers);
    const all = makers(peers, 4);
    const nodes = [newNode(), newNode(), newNode()];
    const { roundId, tasks } = await module.start(nodes);
    await makeChallenge(module, peers, all);
    for (const taskId of tasks) await module.precommitted(taskId);
    for (const taskId of tasks.slice(0, 2)) await module.finalised(taskId, 'what all the others say');
    expect(await module.verdicts()).toEqual([]);
    await module.finalised(tasks[2]!, 'what all the others say');
    expect((await module.rounds.get(roundId)).state).toBe('ABORTED');
    expect(await module.verdicts()).toEqual([]);
    expect(await endings(module)).toEqual([
      'creator failed reference_overruled',
      'preparer failed reference_overruled',
    ]);

    module.clock.move(COOL_DOWN_MS + 1);
    await module.start(nodes);
    expect(peers.created).toHaveLength(1);
    expect(peers.enqueued.at(-1)!.request.prompt).toMatchObject({
      messages: [{ content: 'What is 2 plus 2?' }],
    });
  });

  it('lets a node rest that had a role', async () => {
    await using module = await Cognitive.on(peers);
    makers(peers, 2);
    await module.start([newNode()]);
    expect(peers.created).toHaveLength(1);
    await module.start([newNode()]);
    expect(peers.created).toHaveLength(1);
    expect(peers.enqueued).toHaveLength(1);
  });

  it('tests nodes of one determinism class together, and leaves the others due', async () => {
    await using module = await Cognitive.on(peers);
    makers(peers, 2);
    const [own, other] = [newNode(), newNode()];
    peers.foreign.set(other, 'another class');
    const { round, tasks } = await module.open([own, other]);
    expect(round.participants).toEqual([own]);
    expect(tasks.map(({ nodeId }) => nodeId)).toEqual([own]);
    const { tasks: others } = await module.open([other]);
    expect(others.map(({ nodeId }) => nodeId)).toEqual([other]);
  });

  it('goes on in another replica, and nothing is done twice', async () => {
    await using module = await Cognitive.on(peers);
    await using replica = module.replica();
    const all = makers(peers, 2);
    await module.open([newNode()]);
    await Promise.all([module.tick(), replica.tick(), module.tick(), replica.tick()]);
    const askedOnce = new Set(peers.created.map(({ nodeId, job }) => `${nodeId} ${job.seed}`));
    expect(askedOnce.size).toBe(1);
    const { maker: creator, job } = askedOf(all, peers.created);
    await Promise.all(
      [module, replica].map(({ handingIn }) => handingIn.created(creator.creation(job), creator.nodeId)),
    );
    const { maker: preparer, job: next } = askedOf(all, peers.prepared);
    await Promise.all(
      [module, replica].map(({ handingIn }) =>
        handingIn.prepared(preparer.preparation(next), preparer.nodeId),
      ),
    );
    await Promise.all([module.tick(), replica.tick()]);
    expect(new Set(peers.enqueued.map(({ taskId }) => taskId)).size).toBe(1);
    expect(new Set(peers.enqueued.map(({ request }) => digestJson(request))).size).toBe(1);
  });
});
