import { randomUUID } from 'node:crypto';
import { Chain, digestJson, verifyCommit, verifyFrame } from '@ganglion/commitment';
import { Fault, jobs } from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { Bench } from './bench.fixture.js';
import { Gate } from './gate.fixture.js';

describe('a miner that is given work', () => {
  let bench: Bench;
  beforeAll(async () => void (bench = await Bench.open()));
  afterAll(() => bench.close());
  beforeEach(() => bench.setUp());
  afterEach(() => bench.clear());

  it('streams an answer whose chain leads to what it precommits and reveals', async () => {
    const { there } = bench;
    const node = await bench.startNode();
    const job = bench.job();
    const frames = await there.watch(job.taskId);
    await bench.order(node, job);
    const { nodeId, input } = await bench.precommitOf(job);
    expect(nodeId).toBe(node.nodeId);
    expect(verifyCommit(nodeId, input.precommit, input.signature)).toBe(true);
    const { choices, promptTokens } = await bench.reveal(node, job);
    const { tokens, head } = choices[0]!;
    expect(tokens.map(([, text]) => text).join('')).toBe('The capital of Japan is Tokyo.');
    expect(promptTokens).toBeGreaterThan(5);

    const { taskId, attempt, request } = job;
    const { modelDigest } = request;
    const chain = new Chain({
      taskId,
      attempt,
      choice: 0,
      nodeId,
      modelDigest,
      requestDigest: digestJson(request),
    });
    for (const frame of frames) expect(chain.appendAll(frame.tokens)).toBe(frame.link);
    expect(frames.flatMap((frame) => frame.tokens)).toEqual(tokens);
    expect(chain.head).toBe(head);
    expect(frames.at(-1)?.finish).toBe('stop');
    expect(verifyFrame(nodeId, head, 0, frames.at(-1)!.signature!)).toBe(true);
    await eventually(() =>
      there.measured.some(({ input: own }) => own.taskId === taskId && own.completionTokens > 5),
    );
  });

  it('accepts the same offer again, and computes it once', async () => {
    const { there } = bench;
    const node = await bench.startNode();
    const job = bench.job();
    await Promise.all([bench.order(node, job), bench.order(node, job)]);
    await bench.precommitOf(job);
    await bench.order(node, job);
    await bench.reveal(node, job);
    await bench.order(node, job);
    await there.queue.order(jobs.reveal, node.nodeId, { taskId: job.taskId, attempt: 1 });
    expect(there.precommits).toHaveLength(1);
    expect(there.parts).toHaveLength(1);
  });

  it('stops at a cancel, and commits what it has made until then', async () => {
    const { there } = bench;
    const gate = new Gate();
    const node = await bench.startGatedNode(gate);
    const job = bench.job({ choices: 2 });
    const frames = await there.watch(job.taskId);
    await bench.order(node, job);
    gate.let(3);
    await eventually(() => frames.flatMap(({ tokens }) => tokens).length === 3);
    const reason = { code: 'cancelled', message: 'by the client' };
    const cancel = (attempt: number) =>
      there.queue.order(jobs.cancel, node.nodeId, { taskId: job.taskId, attempt, reason });
    expect(await cancel(1)).toEqual({ cancelled: true });
    expect(await cancel(2)).toEqual({ cancelled: false });
    await bench.precommitOf(job);
    const { choices } = await bench.reveal(node, job);
    expect(choices.map(({ count, finish }) => [count, finish])).toEqual([
      [3, 'cancelled'],
      [0, 'cancelled'],
    ]);
    await eventually(() => frames.at(-1)?.finish === 'cancelled');
  });

  it('stops at the deadline of its task', async () => {
    const node = await bench.startGatedNode(new Gate());
    const job = bench.job({ expiresAt: new Date(Date.now() + 500).toISOString() });
    await bench.order(node, job);
    await bench.precommitOf(job);
    expect((await bench.reveal(node, job)).choices).toMatchObject([{ count: 0, finish: 'cancelled' }]);
    await expect(bench.order(node, bench.job({ expiresAt: new Date().toISOString() }))).rejects.toMatchObject(
      {
        code: 'EXPIRED',
      },
    );
  });

  it('refuses what it cannot run, each time with its reason', async () => {
    const node = await bench.startGatedNode(new Gate(), { slots: 1 });
    const { request } = bench.job();
    const tooLong = { ...request, prompt: { text: 'word '.repeat(2_000) } };
    await expect(bench.order(node, bench.job({ request: tooLong }))).rejects.toMatchObject({
      code: 'INVALID',
    });
    const other = { ...request, modelDigest: '00'.repeat(32) };
    await expect(bench.order(node, bench.job({ request: other }))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await bench.order(node, bench.job());
    await expect(bench.order(node, bench.job())).rejects.toMatchObject({ code: 'BUSY' });
    const { queue } = bench.there;
    const unknown = { taskId: randomUUID(), attempt: 1 };
    await expect(queue.order(jobs.reveal, node.nodeId, unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const malformed = { ...unknown, attempt: -1 };
    await expect(queue.order(jobs.reveal, node.nodeId, malformed)).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('does not answer anywhere but in an inbox', async () => {
    const { queue } = bench.there;
    const node = await bench.startNode();
    const order = { taskId: randomUUID(), attempt: 1 };
    const heard: string[] = [];
    queue.nats.subscribe('tok.*.*', { callback: (_error, msg) => void heard.push(msg.subject) });
    const subject = `job.${node.nodeId}.reveal`;
    queue.nats.publish(subject, JSON.stringify(order), { reply: `tok.${node.nodeId}.${order.taskId}` });
    await expect(queue.order(jobs.reveal, node.nodeId, order)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await queue.nats.flush();
    expect(heard).toEqual([]);
  });

  it('sends a precommit and a commit until they are taken', async () => {
    const { there } = bench;
    there.faults.push(new Fault('UNAVAILABLE', 'not now'), new Fault('INTERNAL', 'a bug'));
    const node = await bench.startNode();
    const job = bench.job();
    await bench.order(node, job);
    await eventually(() => there.precommits.length === 3);
    there.faults.push(new Fault('UNAVAILABLE', 'not now'));
    await bench.reveal(node, job);
    await eventually(() => there.parts.length === 2);
  });

  it('gives an attempt up when the queue no longer wants it', async () => {
    const { there } = bench;
    there.faults.push(new Fault('STALE', 'no longer live'));
    const warnings: string[] = [];
    const node = await bench.startNode({ log: (_level, message) => void warnings.push(message) });
    const job = bench.job();
    await bench.order(node, job);
    await eventually(() => warnings.some((message) => /did not take a precommit/.test(message)));
    await there.queue.order(jobs.reveal, node.nodeId, { taskId: job.taskId, attempt: 1 });
    await bench.order(node, job);
    await there.queue.nats.flush();
    expect([there.precommits.length, there.parts.length]).toEqual([1, 0]);
  });
});
