import type { OutputOf, TaskSubmitted } from '@ganglion/contracts';
import type { cognitive } from '@ganglion/contracts';
import { builtInShape } from './built-in-shapes.js';
import { Cognitive, newNode } from './cognitive.fixture.js';
import { makeChallenge, makers, rightAnswer } from './maker.fixture.js';
import { Peers } from './peers.fixture.js';

const SLOTS = 4;

describe('a test with several requests at once', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());

  /** Opens rounds, each for a new node, until one is of this kind. */
  const openOne = async (
    module: Cognitive,
  ): Promise<OutputOf<typeof cognitive.open> & { nodeId: string }> => {
    peers.slots = SLOTS;
    const shape = builtInShape(() => 0);
    const { request } = shape;
    peers.shapes = [{ ...shape, request: { ...request, sampling: { ...request.sampling, maxTokens: 64 } } }];
    for (let tries = 0; tries < 300; tries++) {
      const nodeId = newNode();
      const opened = await module.open([nodeId]);
      if (opened.round.kind === 'concurrent') return { ...opened, nodeId };
    }
    throw new Error('none of 300 rounds was of several requests');
  };
  const ofNode = (nodeId: string): TaskSubmitted[] => peers.enqueued.filter((task) => task.nodeId === nodeId);
  /** The task that is judged, and those beside it, as the queue got them. */
  const started = async (module: Cognitive) => {
    const opened = await openOne(module);
    await module.tick();
    const tasks = ofNode(opened.nodeId);
    const own = tasks.find(({ holdReveal }) => holdReveal)!;
    return { ...opened, own, beside: tasks.filter((task) => task !== own) };
  };
  const cancelledOf = (nodeId: string): string[] => {
    const tasks = new Set(ofNode(nodeId).map(({ taskId }) => taskId));
    return peers.cancelled.filter((taskId) => tasks.has(taskId)).sort();
  };
  const verdictOn = async (module: Cognitive, nodeId: string) =>
    (await module.verdicts()).find((verdict) => verdict.nodeId === nodeId);

  it('fills the slots of the node with tasks that look like any other', async () => {
    await using module = await Cognitive.on(peers);
    const { own, beside, tasks } = await started(module);
    expect(beside).toHaveLength(SLOTS - 1);
    expect(tasks.map(({ taskId }) => taskId).sort()).toEqual(
      [own, ...beside].map(({ taskId }) => taskId).sort(),
    );
    for (const task of beside)
      expect(task).toMatchObject({ holdReveal: false, testsAtOnce: SLOTS, owner: null });
    const all = [own, ...beside].map(({ request }) => request);
    expect(new Set(all.map(({ salt }) => salt)).size).toBe(SLOTS);
    expect(new Set(all.map(({ prompt }) => JSON.stringify(prompt))).size).toBe(SLOTS);
  });

  it('says how many the node worked on at the same time, and nothing of its speed', async () => {
    await using module = await Cognitive.on(peers);
    const { nodeId, own, beside } = await started(module);
    await module.precommitted(own.taskId);
    await module.timed(own.taskId, nodeId, { span: { from: 0, first: 10, end: 500 } });
    await module.finalised(own.taskId, '4');
    expect(await verdictOn(module, nodeId)).toBeUndefined();
    for (const [n, { taskId }] of beside.entries()) {
      const first = n === 0 ? 20 : 490 + 20 * n;
      await module.timed(taskId, nodeId, { span: { from: n, first, end: first + 470 } });
      await module.precommitted(taskId);
      await module.finalised(taskId, 'whatever it says');
    }
    await module.tick();
    expect(await verdictOn(module, nodeId)).toMatchObject({
      taskId: own.taskId,
      passed: true,
      measured: { ttftMs: null, tokensPerSecond: null },
      concurrency: { asked: SLOTS, seen: 2, waited: true },
    });
  });

  it('is judged without what does not end', async () => {
    await using module = await Cognitive.on(peers);
    const { nodeId, own, beside } = await started(module);
    await module.precommitted(own.taskId);
    await module.timed(own.taskId, nodeId, { span: { from: 0, first: 10, end: 500 } });
    await module.finalised(own.taskId, '4');
    module.clock.move(10_000);
    await module.tick();
    expect(await verdictOn(module, nodeId)).toMatchObject({
      passed: true,
      concurrency: { asked: SLOTS, seen: 1, waited: false },
    });
    expect(cancelledOf(nodeId)).toEqual(beside.map(({ taskId }) => taskId).sort());
  });

  it('is lost by any answer that is refused', async () => {
    await using module = await Cognitive.on(peers);
    const { nodeId, own, beside } = await started(module);
    await module.failed(beside[1]!.taskId, 'answer_rejected');
    expect(await verdictOn(module, nodeId)).toMatchObject({
      passed: false,
      reason: { code: 'answer_rejected' },
    });
    const left = [own, beside[0]!, beside[2]!].map(({ taskId }) => taskId);
    expect(cancelledOf(nodeId)).toEqual(left.sort());
  });

  it('is not lost by what is no fault of the node', async () => {
    await using module = await Cognitive.on(peers);
    const { nodeId, own, beside } = await started(module);
    for (const { taskId } of beside) await module.failed(taskId, 'no_capacity');
    await module.precommitted(own.taskId);
    await module.timed(own.taskId, nodeId);
    await module.finalised(own.taskId, '4');
    module.clock.move(2_000);
    await module.tick();
    expect(await verdictOn(module, nodeId)).toMatchObject({ passed: true, concurrency: { seen: 0 } });
  });

  it('takes no timing from anyone but the node’s own task', async () => {
    await using module = await Cognitive.on(peers);
    const { beside } = await started(module);
    await module.timed(beside[0]!.taskId, newNode(), { span: { from: 0, first: 1, end: 2 } });
    const { span } = await module.db.client.companion.findUniqueOrThrow({
      where: { taskId: beside[0]!.taskId },
    });
    expect(span).toBeNull();
  });

  it('goes with a challenge that nodes make', async () => {
    await using module = await Cognitive.on(peers);
    // A round of nodes takes two of them, who rest then.
    for (let tries = 0; tries < 100; tries++) {
      const all = makers(peers, 3);
      peers.slots = SLOTS;
      const nodeId = newNode();
      const { round } = await module.open([nodeId]);
      await module.tick();
      await makeChallenge(module, peers, all);
      if (round.kind !== 'concurrent') continue;
      await module.tick();
      const own = ofNode(nodeId).find(({ holdReveal }) => holdReveal)!;
      expect(ofNode(nodeId)).toHaveLength(SLOTS);
      await module.precommitted(own.taskId);
      await module.finalised(own.taskId, rightAnswer(own.request));
      for (const { taskId } of ofNode(nodeId)) {
        await module.timed(taskId, nodeId, { span: { from: 0, first: 10, end: 500 } });
        if (taskId !== own.taskId) await module.finalised(taskId, 'whatever it says');
      }
      await module.tick();
      expect(await verdictOn(module, nodeId)).toMatchObject({
        passed: true,
        phases: { correctness: true },
        concurrency: { asked: SLOTS, seen: SLOTS, waited: false },
      });
      return;
    }
    throw new Error('none of 100 rounds was of several requests');
  });
});
