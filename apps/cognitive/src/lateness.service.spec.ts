import { Cognitive, newNode } from './cognitive.fixture.js';
import { PHASE_MS } from './patience.js';
import { Peers } from './peers.fixture.js';
import { HELD_UP_MS } from './word.js';

describe('a round whose deadline passes', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());

  it('fails the silent at the deadline and lets the others go on', async () => {
    await using module = await Cognitive.on(peers);
    const [quick, silent] = [newNode(), newNode()];
    const { tasks } = await module.start([quick, silent]);
    await module.precommitted(tasks[0]!);
    module.clock.move(PHASE_MS);
    await module.tick();
    expect(await module.verdicts()).toMatchObject([
      { nodeId: silent, passed: false, reason: { code: 'start_late' }, phases: { start: false } },
    ]);
    expect(peers.revealed).toEqual([tasks[0]]);
    expect(peers.cancelled).toEqual([tasks[1]]);
  });

  it('blames nobody for what the queue held up, and waits a while for it', async () => {
    await using module = await Cognitive.on(peers);
    const nodeIds = [newNode(), newNode(), newNode()];
    const [bound, offeredLate, neverOffered] = nodeIds;
    const { roundId, tasks } = await module.start(nodeIds);
    const nearlyOver = new Date(module.clock.ms() + PHASE_MS - 1_000).toISOString();
    peers.attempts.set(tasks[0]!, [{ state: 'PRECOMMITTED', offeredAt: module.clock.now().toISOString() }]);
    peers.attempts.set(tasks[1]!, [{ state: 'STREAMING', offeredAt: nearlyOver }]);
    peers.attempts.set(tasks[2]!, []);
    module.clock.move(PHASE_MS);
    await module.tick();
    expect((await module.rounds.get(roundId)).state).toBe('PRECOMMITTING');

    // One is done in the time that it has from its offer.
    await module.precommitted(tasks[1]!);
    module.clock.move(HELD_UP_MS);
    await module.tick();
    expect((await module.rounds.get(roundId)).state).toBe('COMMITTING');
    expect(peers.cancelled).toEqual([tasks[2]]);
    for (const taskId of tasks.slice(0, 2)) await module.finalised(taskId, '4');
    for (const [at, nodeId] of [bound!, offeredLate!].entries()) await module.timed(tasks[at]!, nodeId);
    const verdicts = await module.verdicts();
    expect(verdicts.map(({ nodeId, passed }) => [nodeId, passed])).toEqual([
      [bound, true],
      [offeredLate, true],
    ]);
    expect((await module.rounds.get(roundId)).participants).toContain(neverOffered);
  });

  it('blames nobody while the queue cannot be asked, and whoever is late when it is back', async () => {
    await using module = await Cognitive.on(peers);
    const [first, second] = [newNode(), newNode()];
    const away = await module.start([first]);
    peers.isQueueThere = false;
    module.clock.move(PHASE_MS);
    await module.tick();
    expect((await module.rounds.get(away.roundId)).state).toBe('PRECOMMITTING');
    module.clock.move(HELD_UP_MS);
    await module.tick();
    expect(await module.rounds.get(away.roundId)).toMatchObject({
      state: 'ABORTED',
      reason: { message: 'the queue could not say what became of its task' },
    });
    peers.isQueueThere = true;
    await module.start([second]);
    peers.isQueueThere = false;
    module.clock.move(PHASE_MS);
    await module.tick();
    peers.isQueueThere = true;
    await module.tick();
    expect(await module.verdicts()).toMatchObject([{ nodeId: second, reason: { code: 'start_late' } }]);
  });

  it('aborts without blame when the queue is away, and the nodes become due again', async () => {
    await using module = await Cognitive.on(peers);
    const nodeIds = [newNode(), newNode()];
    peers.isQueueThere = false;
    module.listen({ nodeIds });
    const { roundId } = await module.start(nodeIds);
    expect((await module.tick()).due).toEqual([]);
    module.clock.move(PHASE_MS);
    await module.tick();
    expect((await module.rounds.get(roundId)).state).toBe('ABORTED');
    expect(await module.verdicts()).toEqual([]);
    module.clock.move(PHASE_MS);
    expect((await module.tick()).due).toMatchObject([{ nodeIds }]);
  });
});
