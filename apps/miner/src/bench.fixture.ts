import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { manifestDigest } from '@ganglion/commitment';
import { type CommitData, commitData, type InferJob, jobs } from '@ganglion/contracts';
import { type Engine, openEngine } from '@ganglion/inference';
import { createSeed, MinerNode, type MinerNodeOptions } from '@ganglion/node';
import { eventually, type TestBroker, testBroker } from '@ganglion/testkit';
import { Counterpart } from './counterpart.fixture.js';
import type { Gate } from './gate.fixture.js';

const model = fileURLToPath(new URL('../../../models/tiny', import.meta.url));

/** The bundled model, a real broker, and for each test new nodes and a new counterpart. */
export class Bench {
  there!: Counterpart;
  readonly #nodes: MinerNode[] = [];

  private constructor(
    readonly engine: Engine,
    readonly broker: TestBroker,
  ) {}

  static async open(): Promise<Bench> {
    const [engine, broker] = await Promise.all([openEngine({ model, threads: 1 }), testBroker()]);
    return new Bench(engine, broker);
  }

  async close(): Promise<void> {
    await Promise.all([this.engine.close(), this.broker[Symbol.asyncDispose]()]);
  }

  async setUp(): Promise<void> {
    this.there = await Counterpart.open(this.broker);
  }

  async clear(): Promise<void> {
    await Promise.all(this.#nodes.splice(0).map((node) => node.close()));
    await this.there[Symbol.asyncDispose]();
  }

  node(changes: Partial<MinerNodeOptions> = {}): MinerNode {
    const { engine, there } = this;
    const own = { engine, seed: createSeed(), url: there.url, token: 'gt_token', slots: 2, log: () => {} };
    const node = new MinerNode({ ...own, ...changes });
    this.#nodes.push(node);
    return node;
  }

  async startNode(changes: Partial<MinerNodeOptions> = {}): Promise<MinerNode> {
    const node = this.node(changes);
    await node.start();
    return node;
  }

  /** A node whose tokens wait at the gate. */
  startGatedNode(gate: Gate, changes: Partial<MinerNodeOptions> = {}): Promise<MinerNode> {
    return this.startNode({
      ...changes,
      behaviour: { generate: (own, request, signal) => gate.hold(own.generate(request, signal), signal) },
    });
  }

  /** A question that the bundled model answers with "The capital of Japan is Tokyo." */
  job({ choices = 1, ...changes }: Partial<InferJob> & { choices?: number } = {}): InferJob {
    return {
      taskId: randomUUID(),
      attempt: 1,
      silent: false,
      redundancy: 1,
      verify: 'after',
      submittedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      request: {
        model: 'tiny',
        modelDigest: manifestDigest(this.engine.model.files),
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
    };
  }

  order({ nodeId }: MinerNode, job: InferJob): Promise<{ accepted: true }> {
    return this.there.queue.order(jobs.infer, nodeId, job);
  }

  precommitOf({ taskId }: InferJob) {
    return eventually(() => this.there.precommits.find(({ input }) => input.taskId === taskId) ?? false);
  }

  /** Asks for an attempt's data and waits for all of it. */
  async reveal({ nodeId }: MinerNode, { taskId, attempt }: InferJob): Promise<CommitData> {
    await this.there.queue.order(jobs.reveal, nodeId, { taskId, attempt });
    return commitData.parse(JSON.parse(await eventually(() => this.there.revealed(taskId) ?? false)));
  }
}
