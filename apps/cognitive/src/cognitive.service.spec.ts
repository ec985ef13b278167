import { cognitive } from '@ganglion/contracts';
import { Cognitive, newNode, oracle } from './cognitive.fixture.js';
import { Peers } from './peers.fixture.js';
import { PHASE_MS } from './patience.js';

describe('a round', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());

  it('goes through all its states and judges each node by its answer', async () => {
    await using module = await Cognitive.on(peers);
    const [right, wrong] = [newNode(), newNode()];
    const { roundId, tasks } = await module.start([right, wrong]);
    expect(peers.enqueued.map(({ nodeId }) => nodeId).sort()).toEqual([right, wrong].sort());
    await module.precommitted(tasks[0]!);
    expect(peers.revealed).toEqual([]);
    await module.precommitted(tasks[1]!);
    expect([...peers.revealed].sort()).toEqual([...tasks].sort());
    await module.timed(tasks[0]!, right);
    await module.finalised(tasks[0]!, '4');
    expect((await module.rounds.get(roundId)).state).toBe('COMMITTING');
    await module.finalised(tasks[1]!, '5');

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
    expect(round.verdicts).toHaveLength(2);
    const said = await module.verdicts();
    expect(said.find(({ nodeId }) => nodeId === right)).toMatchObject({
      passed: true,
      phases: { start: true, precommit: true, commit: true, correctness: true },
      measured: { ttftMs: 10, tokensPerSecond: 200 },
    });
    expect(said.find(({ nodeId }) => nodeId === wrong)).toMatchObject({
      passed: false,
      reason: { code: 'wrong_answer' },
      phases: { commit: true, correctness: false },
    });
    expect(await module.said(cognitive.roundEnded.subject)).toMatchObject([{ state: 'ENDED', passed: 1 }]);
  });

  it('keeps what each author handed in, the challenge and the request by their hashes', async () => {
    await using module = await Cognitive.on(peers);
    const node = newNode();
    const { roundId, tasks } = await module.start([node]);
    await module.precommitted(tasks[0]!);
    await module.finalised(tasks[0]!, '4');
    const submissions = await module.submissions(roundId);
    expect(submissions.map(({ author, phase }) => `${author === node ? 'node' : author} ${phase}`)).toEqual([
      `${oracle.oracleId} CREATE`,
      `${oracle.oracleId} PREPARE`,
      'node START',
      'node PRECOMMIT',
      'node COMMIT',
    ]);
    for (const { hash } of submissions.slice(0, 2)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('hears each event once, and nothing after the end', async () => {
    await using module = await Cognitive.on(peers);
    const { roundId, tasks } = await module.start([newNode()]);
    await module.precommitted(tasks[0]!, 'event one');
    await module.finalised(tasks[0]!, '5', 'event two');
    await module.finalised(tasks[0]!, '5', 'event two');
    await module.finalised(tasks[0]!, '4', 'event three');
    await module.failed(tasks[0]!, 'answer_rejected', 'event four');
    expect(await module.verdicts()).toHaveLength(1);
    expect((await module.rounds.get(roundId)).verdicts).toMatchObject([{ reason: { code: 'wrong_answer' } }]);
  });

  it('needs no order of the events', async () => {
    await using module = await Cognitive.on(peers);
    const node = newNode();
    const { roundId, tasks } = await module.start([node]);
    await module.timed(tasks[0]!, node);
    await module.finalised(tasks[0]!, '4');
    await module.precommitted(tasks[0]!);
    expect(await module.rounds.get(roundId)).toMatchObject({ state: 'ENDED', verdicts: [{ passed: true }] });
  });

  it('passes over the tasks of sessions', async () => {
    await using module = await Cognitive.on(peers);
    const { tasks } = await module.start([newNode()]);
    const fact = { taskId: tasks[0]!, attempt: 1, nodeId: newNode(), at: new Date().toISOString() };
    await module.hearing.precommitted({ ...fact, sessionId: '01890000-0000-7000-8000-000000000009' });
    expect(peers.revealed).toEqual([]);
    await expect(module.precommitted('01890000-0000-7000-8000-00000000000a')).resolves.toBeUndefined();
  });

  it('hands the tasks over when the queue is back in time', async () => {
    await using module = await Cognitive.on(peers);
    peers.isQueueThere = false;
    const { roundId } = await module.start([newNode()]);
    expect((await module.rounds.get(roundId)).state).toBe('STARTED');
    peers.isQueueThere = true;
    await module.tick();
    expect(peers.enqueued).toHaveLength(1);
    expect((await module.rounds.get(roundId)).state).toBe('PRECOMMITTING');
  });

  it('judges a node whose task fails at once, by whose fault it was', async () => {
    await using module = await Cognitive.on(peers);
    const nodeIds = [newNode(), newNode()];
    const { roundId, tasks } = await module.start(nodeIds);
    await module.failed(tasks[0]!, 'miner_lost');
    await module.failed(tasks[1]!, 'invalid_request');
    expect(await module.verdicts()).toMatchObject([{ nodeId: nodeIds[0], reason: { code: 'miner_lost' } }]);
    expect(await module.rounds.get(roundId)).toMatchObject({
      state: 'ENDED',
      participants: expect.anything(),
    });
  });

  it('says of a node that was serving that it was right, and nothing of its speed', async () => {
    await using module = await Cognitive.on(peers);
    const node = newNode();
    const { round, tasks } = await module.open([node], '4', true);
    await module.tick();
    const { taskId } = tasks[0]!;
    await module.precommitted(taskId);
    await module.timed(taskId, node);
    await module.finalised(taskId, '4');
    const measured = { ttftMs: null, tokensPerSecond: null, durationMs: null };
    expect(await module.verdicts()).toMatchObject([{ nodeId: node, passed: true, serving: true, measured }]);
    expect((await module.rounds.get(round.roundId)).verdicts).toMatchObject([{ serving: true }]);
  });

  it('gives no verdict on a node that was serving and not done in time, and may test it again', async () => {
    await using module = await Cognitive.on(peers);
    const node = newNode();
    const { round, tasks } = await module.open([node], '4', true);
    await module.tick();
    module.clock.move(PHASE_MS);
    await module.tick();
    expect(await module.verdicts()).toEqual([]);
    expect((await module.rounds.get(round.roundId)).state).toBe('ABORTED');
    expect(peers.cancelled).toEqual([tasks[0]!.taskId]);
    module.clock.move(PHASE_MS);
    await expect(module.open([node])).resolves.toMatchObject({ tasks: [{ nodeId: node }] });
  });

  it('tests a node in one round at a time, however many ask at once', async () => {
    await using module = await Cognitive.on(peers);
    const node = newNode();
    const asked = await Promise.allSettled([1, 2, 3, 4].map(() => module.open([node])));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
  });

  it('hears the latest leader only', async () => {
    await using module = await Cognitive.on(peers);
    const node = newNode();
    const { tasks } = await module.start([node]);
    const later = { epoch: oracle.epoch + 1, oracleId: 'oracle-two' };
    await module.service.tick(later);
    const stale = { code: 'STALE', details: { highest: later.epoch } };
    await expect(module.tick()).rejects.toMatchObject(stale);
    await expect(module.open([newNode()])).rejects.toMatchObject(stale);
    await expect(module.timed(tasks[0]!, node)).rejects.toMatchObject(stale);
    await expect(module.probes.report({ epoch: oracle.epoch, probes: [] })).rejects.toMatchObject(stale);
    await expect(module.service.tick({ ...later, oracleId: 'oracle-three' })).rejects.toMatchObject({
      code: 'STALE',
    });
    await expect(module.service.tick(later)).resolves.toEqual({ due: [], probe: [] });
  });

  it('refuses what it cannot do, and says how to ask', async () => {
    await using module = await Cognitive.on(peers);
    const nodes = Array.from({ length: 9 }, newNode);
    await expect(module.open(nodes)).rejects.toMatchObject({
      code: 'INVALID',
      message: /^nodeIds: at most 8/,
    });
    await expect(module.open([nodes[0]!, nodes[0]!])).rejects.toMatchObject({ code: 'INVALID' });
    const unknown = '01890000-0000-7000-8000-00000000000b';
    await expect(module.rounds.get(unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(module.timed(unknown, nodes[0]!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lists rounds page by page, the newest first', async () => {
    await using module = await Cognitive.on(peers);
    const opened: string[] = [];
    for (let n = 0; n < 3; n++) opened.unshift((await module.open([newNode()])).round.roundId);
    const first = await module.rounds.list({ limit: 2 });
    const second = await module.rounds.list({ limit: 2, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ roundId }) => roundId)).toEqual(opened);
    expect(second.nextCursor).toBeNull();
  });

  it('says of each probe what the oracle saw', async () => {
    await using module = await Cognitive.on(peers);
    const [there, away] = [newNode(), newNode()];
    const probes = [
      { nodeId: there, rttMs: 1.5 },
      { nodeId: away, rttMs: null },
    ];
    await module.probes.report({ epoch: oracle.epoch, probes });
    expect(await module.said(cognitive.nodeProbed.subject)).toMatchObject(probes);
  });
});
