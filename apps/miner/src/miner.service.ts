import type { Challenge, NodeState } from '@ganglion/contracts';
import { type Engine, InferenceError, openEngine, processorClass } from '@ganglion/inference';
import {
  type EndedAttempt,
  type LoadableModel,
  makeChallenges,
  MinerNode,
  modelDigestOf,
} from '@ganglion/node';
import { Clock, Health } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { keepChallenges } from './challenges.store.js';
import { lockFolder } from './folder-lock.store.js';
import { MINER_CONFIG, type MinerConfig } from './miner.config.js';
import { MetricsService } from './metrics.service.js';
import { keepNodeKey } from './node-key.store.js';
import { fillShelf, type Shelf, type ShelvedModel } from './shelf.js';

/** What a state means to whoever runs the miner. */
const meanings: Record<NodeState, string> = {
  REGISTERED: 'registered',
  TESTING: 'being tested',
  EPHEMERAL: 'tested: ready to serve',
  RESERVED: 'serving',
  QUARANTINED:
    'in quarantine: it failed a test or an audit, or an answer was refused; it is tested again later',
  OFFLINE: 'taken for offline',
  DRAINING: 'leaving',
  RETIRED: 'retired',
};

/** A model to serve. */
interface Opened {
  readonly model: ShelvedModel;
  /** Where it is loaded already. */
  readonly engine?: Engine;
  /** Why it is this one, and not the one that the network wanted. */
  readonly loadFailed?: string;
}

interface Loads {
  readonly models: readonly LoadableModel[];
  readonly ordered: (model: LoadableModel) => void;
}

/** Runs the model for the network: opens the engine, joins, and on shutdown leaves in order. */
@Injectable()
export class MinerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Miner');
  #engine: Engine | undefined;
  #node: MinerNode | undefined;
  #running: Promise<void> | undefined;
  #isClosing = false;
  readonly #stop = new AbortController();

  constructor(
    @Inject(MINER_CONFIG) private readonly config: MinerConfig,
    private readonly clock: Clock,
    private readonly metrics: MetricsService,
    private readonly health: Health,
  ) {}

  /** Loading and joining take their time, and health is asked for meanwhile. */
  onApplicationBootstrap(): void {
    this.health.require('network', () => this.#node?.isConnected === true);
    this.#running = this.run().catch((error: unknown) => this.giveUp(error));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    this.#stop.abort();
    if (this.#node && this.#node.busySlots > 0) this.#log.log('finishing what is under way');
    await this.#node?.drain();
    await this.#engine?.close();
    await this.#running;
  }

  private async run(): Promise<void> {
    const lock = await lockFolder(this.config.data);
    try {
      const shelf = await fillShelf(this.config, this.#log, this.#stop.signal);
      this.metrics.watchSlots(this.config.slots, () => this.#node?.busySlots ?? 0);
      let opened: Opened | undefined = { model: shelf.first };
      while (opened) opened = await this.serve(opened, shelf);
    } finally {
      lock.unlock();
    }
  }

  /** Runs one model until the end, or until the network wants another: then that one, or this one again. */
  private async serve(
    { model, loadFailed, ...found }: Opened,
    { loadable }: Shelf,
  ): Promise<Opened | undefined> {
    const engine = (this.#engine = found.engine ?? (await this.load(model)));
    if (this.#isClosing) return void (await engine.close());
    const { slots, url } = this.config;
    let ordered = (_model: LoadableModel): void => {};
    const wanted = new Promise<LoadableModel>((resolve) => (ordered = resolve));
    const node = (this.#node = await this.nodeOf(engine, {
      loadFailed,
      models: loadable.filter(({ digest }) => digest !== model.digest),
      ordered,
    }));
    this.#log.log(`joining ${url} as ${node.nodeId} with ${engine.model.id} (${engine.determinismClass})`);
    await node.start();
    if (!this.#isClosing) this.#log.log(`joined, with ${slots} slots`);
    const order = await Promise.race([wanted, node.ended()]);
    const next = loadable.find(({ digest }) => digest === order?.digest);
    return next && this.change(model, next);
  }

  /** The memory of this model is given back before the next is loaded: most machines hold one. */
  private async change(model: ShelvedModel, next: ShelvedModel): Promise<Opened | undefined> {
    this.#log.log(`the network wants ${next.id}: leaving to load it`);
    await this.#node?.drain();
    if (this.#isClosing) return undefined;
    await this.#engine?.close();
    try {
      return { model: next, engine: await this.load(next) };
    } catch (error) {
      const loadFailed = `${next.id} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
      this.#log.error(`${loadFailed}; going on with ${model.id}`);
      return { model, loadFailed };
    }
  }

  private async load({ model, id, quantisation, source }: ShelvedModel): Promise<Engine> {
    this.#log.log(`loading the model ${source}`);
    const { threads, contextLength, provider, slots } = this.config;
    const which = { model, id, ...(quantisation === undefined ? {} : { quantisation }) };
    const engine = await openEngine({ ...which, slots, threads, contextLength, provider });
    this.describe(engine);
    return engine;
  }

  private async nodeOf(
    engine: Engine,
    { models, ordered, loadFailed }: Pick<Opened, 'loadFailed'> & Loads,
  ): Promise<MinerNode> {
    const { data, url, token, slots } = this.config;
    const challenges = await this.challengesOf(engine);
    return new MinerNode({
      engine,
      seed: keepNodeKey(data),
      url,
      token,
      slots,
      declares: { challenges, isa: processorClass(), models, loadFailed },
      clock: this.clock,
      log: (level, message, facts) => this.say(level, message, facts),
      observer: {
        stateChanged: (state) => this.#log.log({ message: meanings[state], state }),
        attemptEnded: (attempt) => this.note(attempt),
        loadOrdered: ordered,
      },
    });
  }

  /** Of a model that brings none: a new one is refused without. */
  private async challengesOf(engine: Engine): Promise<readonly Challenge[]> {
    const { challenges, id } = engine.model;
    if (challenges.length > 0) return challenges;
    return keepChallenges(this.config.data, { id, digest: modelDigestOf(engine) }, () => {
      this.#log.log('the model brings no test questions: asking it some');
      return makeChallenges(engine, { signal: this.#stop.signal });
    });
  }

  private describe({ model, binding, notices }: Engine): void {
    const { quantisation, contextLength } = model;
    this.#log.log({ message: 'the model is loaded', quantisation, contextLength, binding });
    for (const notice of notices) this.#log.warn(notice);
  }

  private note(attempt: EndedAttempt): void {
    this.metrics.ended(attempt);
    const { taskId, outcome, completionTokens, tokensPerSecond, ttftMs } = attempt;
    const speed = tokensPerSecond === null ? null : Math.round(tokensPerSecond);
    const firstMs = ttftMs === null ? null : Math.round(ttftMs);
    this.#log.log({
      message: 'task',
      taskId,
      outcome,
      completionTokens,
      tokensPerSecond: speed,
      ttftMs: firstMs,
    });
  }

  private say(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    facts?: Record<string, unknown>,
  ): void {
    const write = level === 'info' ? 'log' : level;
    this.#log[write](facts ? { message, ...facts } : message);
  }

  /** Neither a model that cannot be loaded nor a network that says no gets better by waiting. */
  private async giveUp(error: unknown): Promise<void> {
    if (error instanceof InferenceError && error.code === 'CANCELLED')
      return this.#log.log('stopped while downloading; the next start goes on from here');
    const message = error instanceof Error ? error.message : String(error);
    if (this.#isClosing) return this.#log.log(`stopped while starting: ${message}`);
    this.#log.error(message);
    await this.#node?.close();
    await this.#engine?.close();
    process.exit(1);
  }
}
