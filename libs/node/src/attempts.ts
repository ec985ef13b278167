import { Fault, type InputOf, jobs, type OutputOf } from '@ganglion/contracts';
import { admit } from './admission.js';
import { type Attempt, attemptKey, makeAttempt } from './attempt.js';
import { AttemptRun, type OwnFigures } from './attempt-run.js';
import type { Behaviour } from './behaviour.js';
import type { NodeClock } from './clock.js';
import { sealCommit } from './commit.js';
import { Delivery } from './delivery.js';
import type { NodeEngine } from './engine.js';
import type { NodeIdentity } from './identity.js';
import type { Link } from './link.js';
import type { NodeLog } from './log.js';
import { Reveals } from './reveals.js';
import type { Slots } from './slots.js';

export interface AttemptsOptions {
  readonly engine: NodeEngine;
  readonly modelDigest: string;
  readonly identity: NodeIdentity;
  readonly slots: Slots;
  readonly behaviour: Behaviour;
  readonly link: Pick<Link, 'ask' | 'publish'>;
  readonly clock: NodeClock;
  readonly log: NodeLog;
  readonly ended: (attempt: EndedAttempt) => void;
}

export interface EndedAttempt extends OwnFigures {
  readonly taskId: string;
  readonly attempt: number;
  readonly promptTokens: number;
  /** `withheld` by its behaviour, or `unwanted` by the queue. */
  readonly outcome: 'precommitted' | 'withheld' | 'unwanted';
}

/** The clock may be set meanwhile, so a deadline is looked at this often at least. */
const LOOK_MS = 10_000;

interface Live {
  readonly attempt: Attempt;
  admitted: Promise<void>;
  run?: AttemptRun;
  isCancelled: boolean;
}

/** The attempts a node computes. */
export class Attempts {
  readonly #live = new Map<string, Live>();
  readonly #work = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #delivery: Delivery;
  readonly #reveals: Reveals;
  #isDraining = false;

  constructor(private readonly options: AttemptsOptions) {
    this.#delivery = new Delivery(options);
    this.#reveals = new Reveals({ ...options, delivery: this.#delivery, closing: this.#closing.signal });
  }

  /** Takes an attempt, or throws a Fault. The same attempt again is accepted again, and computed once. */
  async infer(job: InputOf<typeof jobs.infer>): Promise<OutputOf<typeof jobs.infer>> {
    const key = attemptKey(job);
    if (!this.#reveals.knows(key)) await (this.#live.get(key) ?? this.take(key, job)).admitted;
    return { accepted: true };
  }

  /** Stops an attempt; what was made until then is committed. False when it is not, or no longer, computed here. */
  cancel(input: InputOf<typeof jobs.cancel>): OutputOf<typeof jobs.cancel> {
    const live = this.#live.get(attemptKey(input));
    if (!live) return { cancelled: false };
    live.isCancelled = true;
    live.run?.cancel();
    return { cancelled: true };
  }

  reveal(input: InputOf<typeof jobs.reveal>): OutputOf<typeof jobs.reveal> {
    return this.#reveals.reveal(input);
  }

  /** Takes no more, and resolves when all that runs is computed, precommitted and revealed, or `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const computed = (async () => {
      while (this.#work.size > 0) await Promise.allSettled(this.#work);
    })();
    await Promise.race([computed, aborted]);
    await this.#reveals.quiet(signal);
  }

  /** Drops everything at once. */
  close(): void {
    this.#isDraining = true;
    this.#closing.abort();
    for (const { run } of this.#live.values()) run?.cancel();
  }

  private take(key: string, job: InputOf<typeof jobs.infer>): Live {
    if (this.#isDraining) throw new Fault('BUSY', 'this node is about to leave');
    const { slots, identity } = this.options;
    // The slot is taken before anything is awaited, so that two offers cannot share it.
    if (!slots.take(key)) throw new Fault('BUSY', `all ${slots.total} slots are taken`);
    const live: Live = {
      attempt: makeAttempt(job, identity),
      admitted: Promise.resolve(),
      isCancelled: false,
    };
    this.#live.set(key, live);
    live.admitted = this.admit(key, live);
    return live;
  }

  private release(key: string): void {
    this.#live.delete(key);
    this.options.slots.free(key);
  }

  private async admit(key: string, live: Live): Promise<void> {
    const { attempt } = live;
    try {
      await this.options.behaviour.offered(attempt);
      const { promptTokens } = await admit(attempt, this.options);
      if (live.isCancelled) throw new Fault('CONFLICT', 'the attempt was cancelled before it began');
      const run = (live.run = new AttemptRun({ ...this.options, attempt }));
      const work = this.carryOut(key, run, { attempt, promptTokens });
      this.#work.add(work);
      void work.finally(() => this.#work.delete(work));
    } catch (error) {
      this.release(key);
      throw error;
    }
  }

  private async carryOut(
    key: string,
    run: AttemptRun,
    { attempt, promptTokens }: { attempt: Attempt; promptTokens: Promise<number> },
  ): Promise<void> {
    const { log, behaviour, ended } = this.options;
    const { taskId, attempt: number, expiresAt } = attempt.job;
    const done = new AbortController();
    void this.cancelAt(Date.parse(expiresAt), run, done.signal);
    try {
      const choices = await run.run();
      done.abort();
      const counted = await promptTokens.catch(() => 0);
      const sealed = sealCommit({ promptTokens: counted, choices }, attempt, behaviour);
      this.#reveals.keep(attempt, sealed.precommit && sealed.text);
      this.release(key);
      const outcome = await this.precommit(attempt, sealed.precommit);
      ended({ taskId, attempt: number, promptTokens: counted, outcome, ...run.figures() });
    } catch (error) {
      log('error', 'an attempt failed', { taskId, attempt: number, error: stackOf(error) });
    } finally {
      done.abort();
      this.release(key);
    }
  }

  /** Nobody wants an answer after its deadline. */
  private async cancelAt(deadline: number, run: AttemptRun, done: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!done.aborted) {
      const leftMs = deadline - clock.ms();
      if (leftMs <= 0) return run.cancel();
      await clock.sleep(Math.min(leftMs, LOOK_MS), done);
    }
  }

  private async precommit(
    attempt: Attempt,
    message: ReturnType<Behaviour['precommit']>,
  ): Promise<EndedAttempt['outcome']> {
    if (!message || this.#closing.signal.aborted) return 'withheld';
    const { taskId, attempt: number, expiresAt } = attempt.job;
    try {
      await this.#delivery.precommit(message, Date.parse(expiresAt), this.#closing.signal);
      return 'precommitted';
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#reveals.drop(attemptKey(attempt.job));
      const facts = { taskId, attempt: number, code: error.code, reason: error.message };
      this.options.log('warn', 'the queue did not take a precommit', facts);
      return 'unwanted';
    }
  }
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
