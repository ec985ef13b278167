import { Fault, nodePool, type NodeState, reputation } from '@ganglion/contracts';
import { Attempts, type EndedAttempt } from './attempts.js';
import { type Behaviour, honest } from './behaviour.js';
import { type NodeClock, systemClock } from './clock.js';
import { declare, modelDigestOf, type OwnWords } from './declaration.js';
import type { NodeEngine } from './engine.js';
import { Examinations } from './examinations.js';
import { type NodeIdentity, readIdentity } from './identity.js';
import { answerJob, type JobHandlers } from './job-answers.js';
import { Link } from './link.js';
import type { NodeLog } from './log.js';
import { type LoadableModel, Loading } from './loading.js';
import { Membership } from './membership.js';
import { Scores } from './scores.js';
import { Slots } from './slots.js';

export interface MinerNodeOptions {
  readonly engine: NodeEngine;
  /** The node's encoded NKEY user seed (`SU…`), from `createSeed` or an earlier run. */
  readonly seed: Uint8Array;
  /** The router's address, `http://host:port`. */
  readonly url: string;
  /** A join token; needed until the network knows this node. */
  readonly token?: string | undefined;
  /** Attempts and scores computed at once. */
  readonly slots: number;
  readonly log: NodeLog;
  readonly clock?: NodeClock;
  /** What it declares beside its engine; whoever names models to load heeds `loadOrdered`. */
  readonly declares?: Partial<Omit<OwnWords, 'slots'>>;
  /** Steps done otherwise than the protocol wants, for nodes that test it. */
  readonly behaviour?: Partial<Behaviour>;
  readonly observer?: NodeObserver;
}

export interface NodeObserver {
  /** The network wants another of the declared models: end this node, and start it again with that one. */
  loadOrdered?(model: LoadableModel): void;
  /** The network sees this node in another state than before. */
  stateChanged?(state: NodeState): void;
  attemptEnded?(attempt: EndedAttempt): void;
}

const VERSION = 'ganglion-node/0.1.0';
/** Supervisors kill after 20 s or more. */
const DRAIN_MS = 18_000;

/** A miner's side of the protocol over an engine: it joins, serves what it is offered, commits, and leaves in order. */
export class MinerNode {
  readonly #options: MinerNodeOptions;
  readonly #identity: NodeIdentity;
  readonly #link: Link;
  readonly #attempts: Attempts;
  readonly #scores: Scores;
  readonly #examinations: Examinations;
  readonly #slots: Slots;
  readonly #loading: Loading;
  readonly #membership: Membership;
  readonly #ending = new AbortController();
  readonly #log: NodeLog;
  #kept: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws Error when the seed is malformed; Fault `INVALID` when the engine's model cannot be declared */
  constructor(options: MinerNodeOptions) {
    const { engine, url, token, slots, log, clock = systemClock, declares } = options;
    this.#options = options;
    this.#log = log;
    const identity = (this.#identity = readIdentity(options.seed));
    const behaviour = { ...honest, ...options.behaviour };
    const link = (this.#link = new Link(behaviour));
    const work = {
      engine,
      modelDigest: modelDigestOf(engine),
      slots: (this.#slots = new Slots(slots)),
      link,
      clock,
      log,
    };
    this.#scores = new Scores(work);
    this.#examinations = new Examinations({ ...work, identity, behaviour });
    this.#loading = new Loading({
      models: declares?.models ?? [],
      slots: work.slots,
      ordered: (model) => options.observer?.loadOrdered?.(model),
    });
    this.#attempts = new Attempts({
      ...work,
      identity,
      behaviour,
      ended: (attempt) => this.report(attempt),
    });
    const handlers = this.handlers(clock);
    this.#membership = new Membership({
      url,
      identity,
      token,
      declared: declare(engine, { version: VERSION, ...declares, slots }),
      link,
      clock,
      log,
      answer: (msg) => answerJob(msg, handlers, log),
      busySlots: () => this.#slots.busy,
      stateChanged: (state) => options.observer?.stateChanged?.(state),
    });
  }

  get nodeId(): string {
    return this.#identity.nodeId;
  }

  /** What the network last said this node is to it; undefined before its first answer. */
  get state(): NodeState | undefined {
    return this.#membership.state;
  }

  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  get busySlots(): number {
    return this.#slots.busy;
  }

  /**
   * Joins and begins to serve; tries until the network can be reached.
   * @throws JoinRefused with the network's words when it does not want this node
   */
  async start(): Promise<void> {
    const { signal } = this.#ending;
    await this.#membership.enter(signal);
    this.#kept = this.#membership.keep(signal);
    this.#kept.catch(() => {});
  }

  /** Resolves when the node was closed or drained. @throws JoinRefused when the network later refuses this node */
  async ended(): Promise<void> {
    await this.#kept;
  }

  /** Leaves in order: takes no more work, finishes, commits and reveals what it has (18 s at most), and closes. */
  async drain(withinMs = DRAIN_MS): Promise<void> {
    const late = AbortSignal.timeout(withinMs);
    const drained = Promise.all([
      this.#attempts.drain(late),
      this.#scores.close(),
      this.#examinations.close(),
    ]);
    if (this.#link.isConnected) await this.takeLeave();
    await drained;
    this.#closed ??= this.end(() => this.#link.retire());
    await this.#closed;
  }

  /** Closes at once; the network sees it as a death. */
  async close(): Promise<void> {
    this.#closed ??= this.end(() => this.#link.cut());
    await this.#closed;
  }

  private async takeLeave(): Promise<void> {
    try {
      await this.#link.ask(nodePool.leave, {}, 2_000);
    } catch (error) {
      this.#log('warn', `could not take leave: ${error instanceof Fault ? error.message : String(error)}`);
    }
  }

  private async end(close: () => Promise<void>): Promise<void> {
    this.#ending.abort();
    this.#attempts.close();
    void this.#scores.close();
    void this.#examinations.close();
    await this.#kept?.catch(() => {});
    await close();
  }

  private handlers(clock: NodeClock): JobHandlers {
    return {
      infer: (job) => this.#attempts.infer(job),
      cancel: async (input) => this.#attempts.cancel(input),
      reveal: async (input) => this.#attempts.reveal(input),
      score: (job) => this.#scores.score(job),
      create: (job) => this.#examinations.create(job),
      prepare: (job) => this.#examinations.prepare(job),
      load: async (input) => this.#loading.order(input),
      probe: async () => ({ at: new Date(clock.ms()).toISOString(), busySlots: this.#slots.busy }),
    };
  }

  private report(attempt: EndedAttempt): void {
    this.#options.observer?.attemptEnded?.(attempt);
    const { taskId, attempt: number, ttftMs, tokensPerSecond, promptTokens, completionTokens } = attempt;
    const measured = { taskId, attempt: number, ttftMs, tokensPerSecond, promptTokens, completionTokens };
    // Told once: what a node says of itself is shown, and decides nothing.
    this.#link.ask(reputation.measured, measured).catch(() => {});
  }
}
