import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Chain, digestJson, manifestDigest, verifyCommit, verifyFrame } from '@ganglion/commitment';
import { commitData, Fault, type InferJob, jobs } from '@ganglion/contracts';
import { type Engine, openEngine } from '@ganglion/inference';
import { createSeed, type GeneratedToken, MinerNode, type MinerNodeOptions, type NodeClock, systemClock } from '@ganglion/node';
import { eventually, type TestBroker, testBroker } from '@ganglion/testkit';
import { Counterpart } from './counterpart.fixture.js';

const model = fileURLToPath(new URL('../../../models/tiny', import.meta.url));

/** The time, which can be moved on; pauses are short, so that a node notices soon. */
class SteppedClock implements NodeClock {
  #ahead = 0;

  ms(): number {
    return Date.now() + this.#ahead;
  }

  step(ms: number): void {
    this.#ahead += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(Math.min(ms, 100), signal);
  }
}

/** Holds an engine's tokens back until they are let through. */
class Gate {
  #open = 0;
  #wake: () => void = () => {};

  let(tokens: number): void {
    this.#open += tokens;
    this.#wake();
  }

  readonly generate = async function* (
    this: Gate,
    tokens: AsyncIterable<GeneratedToken>,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedToken> {
    for await (const token of tokens) {
      while (this.#open === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      if (signal.aborted) return;
      this.#open--;
      yield token;
    }
  };
}

describe('a miner’s node on a real broker', () => {
  let engine: Engine;
  let there: Counterpart;
  const nodes: MinerNode[] = [];

  let broker: TestBroker;

  beforeAll(async () => {
    [engine, broker] = await Promise.all([openEngine({ model, threads: 1 }), testBroker()]);
  });
  afterAll(() => Promise.all([engine.close(), broker[Symbol.asyncDispose]()]));
  beforeEach(async () => {
    there = await Counterpart.open(broker);
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    await there[Symbol.asyncDispose]();
  });

  const makeNode = (changes: Partial<MinerNodeOptions> = {}): MinerNode => {
    const node = new MinerNode({
      engine,
      seed: createSeed(),
      url: there.url,
      token: 'gt_token',
      slots: 2,
      log: () => {},
      ...changes,
    });
    nodes.push(node);
    return node;
  };
  const startNode = async (changes: Partial<MinerNodeOptions> = {}): Promise<MinerNode> => {
    const node = makeNode(changes);
    await node.start();
    return node;
  };
  const gated = (gate: Gate): Partial<MinerNodeOptions> => ({
    behaviour: { generate: (own, request, signal) => gate.generate(own.generate(request, signal), signal) },
  });

  const makeJob = (changes: Partial<InferJob> = {}, choices = 1): InferJob => ({
    taskId: randomUUID(),
    attempt: 1,
    silent: false,
    redundancy: 1,
    verify: 'after',
    submittedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    request: {
      model: 'tiny',
      modelDigest: manifestDigest(engine.model.files),
      prompt: { messages: [{ role: 'user', content: 'What is the capital of Japan?' }] },
      choices,
      sampling: {
        temperature: 0,
        topP: 1,
        topK: 0,
        minP: 0,
        presencePenalty: 0,
        frequencyPenalty: 0,
        repetitionPenalty: 1,
        seed: 1,
        maxTokens: 24,
        stop: [],
      },
      salt: '5a'.repeat(32),
    },
    ...changes,
  });
  const order = (node: MinerNode, job: InferJob) => there.queue.order(jobs.infer, node.nodeId, job);
  const reveal = async (node: MinerNode, { taskId, attempt }: InferJob) => {
    await there.queue.order(jobs.reveal, node.nodeId, { taskId, attempt });
    return commitData.parse(JSON.parse(await eventually(() => there.revealed(taskId) ?? false)));
  };
  const precommitOf = ({ taskId }: InferJob) =>
    eventually(() => there.precommits.find(({ input }) => input.taskId === taskId) ?? false);

  it('streams an answer whose chain leads to what it precommits and reveals', async () => {
    const node = await startNode();
    expect(there.joins[0]).toMatchObject({ nodeId: node.nodeId, token: 'gt_token', declared: { slots: 2 } });
    const job = makeJob();
    const frames = await there.watch(job.taskId);
    await order(node, job);
    const { nodeId, input } = await precommitOf(job);
    expect(nodeId).toBe(node.nodeId);
    expect(verifyCommit(node.nodeId, input.precommit, input.signature)).toBe(true);
    const { choices, promptTokens } = await reveal(node, job);
    const [choice] = choices;
    expect(choice!.tokens.map(([, text]) => text).join('')).toBe('The capital of Japan is Tokyo.');
    expect(promptTokens).toBeGreaterThan(5);

    const { taskId, attempt, request } = job;
    const { modelDigest } = request;
    const context = { taskId, attempt, choice: 0, nodeId: node.nodeId, modelDigest, requestDigest: digestJson(request) };
    const chain = new Chain(context);
    for (const { tokens, link } of frames) expect(chain.appendAll(tokens)).toBe(link);
    expect(frames.flatMap(({ tokens }) => tokens)).toEqual(choice!.tokens);
    expect(chain.head).toBe(choice!.head);
    expect(frames.at(-1)?.finish).toBe('stop');
    expect(verifyFrame(node.nodeId, chain.head, 0, frames.at(-1)!.signature!)).toBe(true);
    await eventually(() => there.measured.some(({ input: own }) => own.taskId === taskId && own.completionTokens > 5));
  });

  it('accepts the same offer again, and computes it once', async () => {
    const node = await startNode();
    const job = makeJob();
    await Promise.all([order(node, job), order(node, job)]);
    await precommitOf(job);
    await order(node, job);
    await reveal(node, job);
    await order(node, job);
    await there.queue.order(jobs.reveal, node.nodeId, { taskId: job.taskId, attempt: 1 });
    expect(there.precommits).toHaveLength(1);
    expect(there.parts).toHaveLength(1);
  });

  it('stops at a cancel, and commits what it has made until then', async () => {
    const gate = new Gate();
    const node = await startNode(gated(gate));
    const job = makeJob({}, 2);
    const frames = await there.watch(job.taskId);
    await order(node, job);
    gate.let(3);
    await eventually(() => frames.flatMap(({ tokens }) => tokens).length === 3);
    const reason = { code: 'cancelled', message: 'by the client' };
    const answer = await there.queue.order(jobs.cancel, node.nodeId, { taskId: job.taskId, attempt: 1, reason });
    expect(answer).toEqual({ cancelled: true });
    await precommitOf(job);
    const { choices } = await reveal(node, job);
    expect(choices.map(({ count, finish }) => [count, finish])).toEqual([
      [3, 'cancelled'],
      [0, 'cancelled'],
    ]);
    await eventually(() => frames.at(-1)?.finish === 'cancelled');
    await expect(
      there.queue.order(jobs.cancel, node.nodeId, { taskId: job.taskId, attempt: 2, reason }),
    ).resolves.toEqual({ cancelled: false });
  });

  it('refuses what it cannot run, each time with its reason', async () => {
    const gate = new Gate();
    const node = await startNode({ slots: 1, ...gated(gate) });
    const { request } = makeJob();
    const long = { ...request, prompt: { text: 'word '.repeat(2_000) } };
    await expect(order(node, makeJob({ request: long }))).rejects.toMatchObject({ code: 'INVALID' });
    const other = { ...request, modelDigest: '00'.repeat(32) };
    await expect(order(node, makeJob({ request: other }))).rejects.toMatchObject({ code: 'CONFLICT' });
    await order(node, makeJob());
    await expect(order(node, makeJob())).rejects.toMatchObject({ code: 'BUSY' });
    const probe = await there.queue.order(jobs.probe, node.nodeId, { at: new Date().toISOString() }).catch(() => null);
    expect(probe).toBeNull(); // only the oracle may probe
    const unknown = { taskId: randomUUID(), attempt: 1 };
    await expect(there.queue.order(jobs.reveal, node.nodeId, unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const malformed = { ...unknown, attempt: -1 };
    await expect(there.queue.order(jobs.reveal, node.nodeId, malformed)).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('does not answer anywhere but in an inbox', async () => {
    const node = await startNode();
    const job = makeJob();
    const heard: string[] = [];
    there.queue.nats.subscribe('tok.*.*', { callback: (_error, msg) => void heard.push(msg.subject) });
    const body = JSON.stringify({ taskId: job.taskId, attempt: 1 });
    there.queue.nats.publish(`job.${node.nodeId}.reveal`, body, { reply: `tok.${node.nodeId}.${job.taskId}` });
    await expect(
      there.queue.order(jobs.reveal, node.nodeId, { taskId: job.taskId, attempt: 1 }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(heard).toEqual([]);
  });

  it('sends a precommit and a commit until they are taken', async () => {
    there.faults.push(new Fault('UNAVAILABLE', 'not now'), new Fault('INTERNAL', 'a bug'));
    const node = await startNode();
    const job = makeJob();
    await order(node, job);
    await eventually(() => there.precommits.length === 3);
    there.faults.push(new Fault('UNAVAILABLE', 'not now'));
    await reveal(node, job);
    await eventually(() => there.parts.length === 2);
  });

  it('gives an attempt up when the queue no longer wants it', async () => {
    there.faults.push(new Fault('STALE', 'no longer live'));
    const node = await startNode();
    const job = makeJob();
    await order(node, job);
    await precommitOf(job);
    await eventually(() =>
      there.queue
        .order(jobs.reveal, node.nodeId, { taskId: job.taskId, attempt: 1 })
        .then(() => there.parts.length === 0 && node.busySlots === 0),
    );
    expect(there.precommits).toHaveLength(1);
  });

  it('renews its credential in the middle of an answer without losing the order of its frames', async () => {
    const gate = new Gate();
    const clock = new SteppedClock();
    there.tells = () => clock.ms() + 1_000_000;
    const node = await startNode({ clock, ...gated(gate) });
    const job = makeJob({ expiresAt: new Date(clock.ms() + 1_000_000_000).toISOString() });
    const frames = await there.watch(job.taskId);
    await order(node, job);
    for (let token = 1; token <= 4; token++) {
      const ageAndRenew = (): boolean => {
        if (there.renewals < token) clock.step(20_000);
        return there.renewals === token;
      };
      await eventually(ageAndRenew);
      gate.let(1);
      await eventually(() => frames.flatMap(({ tokens }) => tokens).length === token);
    }
    gate.let(100);
    await precommitOf(job);
    const { choices } = await reveal(node, job);
    await eventually(() => frames.at(-1)?.finish === 'stop');
    expect(frames.flatMap(({ tokens }) => tokens)).toEqual(choices[0]!.tokens);
    expect(there.joins.length).toBe(1);
  });

  it('joins again when its credential has run out unnoticed, as after a sleep', async () => {
    const clock = new SteppedClock();
    there.lastsSeconds = 2;
    const node = await startNode({ clock });
    there.lastsSeconds = 3_600;
    await eventually(() => !node.isConnected);
    expect(there.joins.length).toBe(1);
    clock.step(60_000);
    await eventually(() => there.joins.length === 2 && node.isConnected);
    const job = makeJob({ expiresAt: new Date(clock.ms() + 1_000_000).toISOString() });
    await order(node, job);
    await precommitOf(job);
  });

  it('outlives a restart of the broker', async () => {
    const node = await startNode();
    await there.broker.server.stop();
    await eventually(() => !node.isConnected);
    await there.broker.server.run();
    await eventually(() => node.isConnected && there.queue.isConnected);
    const job = makeJob();
    await eventually(() => order(node, job));
    await precommitOf(job);
  });

  it('finishes and reveals what it has before it leaves, and takes nothing new', async () => {
    const gate = new Gate();
    const node = await startNode(gated(gate));
    const job = makeJob();
    await order(node, job);
    const drained = node.drain();
    await eventually(() => there.leaves.length === 1);
    await expect(order(node, makeJob())).rejects.toMatchObject({ code: 'BUSY' });
    gate.let(100);
    await precommitOf(job);
    expect((await reveal(node, job)).choices[0]?.finish).toBe('stop');
    await drained;
    await node.ended();
    expect(node.isConnected).toBe(false);
  });

  it('tries again while the network has no time, and gives up with its words when it is refused', async () => {
    there.refusals.push({ status: 503, message: 'starting' }, { status: 409, message: 'nonce: too old' });
    await startNode();
    expect(there.joins.length).toBe(3);
    there.refusals.push({ status: 401, message: 'token: unknown; ask for a new one' });
    await expect(makeNode().start()).rejects.toThrow('the network refused this node: token: unknown; ask for a new one');
  });

  it('tells what the network sees in it', async () => {
    const states: string[] = [];
    const node = await startNode({ observer: { stateChanged: (state) => states.push(state) } });
    expect(node.state).toBe('TESTING');
    expect(states).toEqual(['TESTING']);
    expect(there.beats[0]?.input).toMatchObject({ busySlots: 0, slots: 2 });
  });
});
