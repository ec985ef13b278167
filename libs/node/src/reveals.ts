import { Fault, type InputOf, jobs, type OutputOf } from '@ganglion/contracts';
import { type Attempt, attemptKey } from './attempt.js';
import type { Behaviour } from './behaviour.js';
import type { NodeClock } from './clock.js';
import { splitCommit } from './commit-parts.js';
import { Delivery } from './delivery.js';
import { KeptCommits } from './kept-commits.js';
import type { NodeLog } from './log.js';

export interface RevealsOptions {
  readonly delivery: Delivery;
  readonly behaviour: Pick<Behaviour, 'reveal'>;
  readonly clock: NodeClock;
  readonly log: NodeLog;
  /** Aborted when the node closes. */
  readonly closing: AbortSignal;
}

/** The data of an attempt is kept this long after its task's deadline: the order to reveal may come late. */
const KEEP_MS = 120_000;

/** What attempts have precommitted, until the queue has the data. */
export class Reveals {
  readonly #kept = new KeptCommits();
  readonly #attempts = new WeakMap<object, Attempt>();
  readonly #sending = new Set<string>();
  #waiting: (() => void)[] = [];

  constructor(private readonly options: RevealsOptions) {}

  /** Was this attempt computed here, be its data still here or not? */
  knows(key: string): boolean {
    this.#kept.expire(this.options.clock.ms());
    return this.#kept.get(key) !== undefined;
  }

  /** Keeps an attempt's data; without data, only that it was. */
  keep(attempt: Attempt, text: string | undefined): void {
    const commit = { text, forgetAt: Date.parse(attempt.job.expiresAt) + KEEP_MS };
    this.#attempts.set(commit, attempt);
    this.#kept.add(attemptKey(attempt.job), commit);
    this.wake();
  }

  /** The queue does not want the data. */
  drop(key: string): void {
    this.#kept.dropText(key);
    this.wake();
  }

  /** Starts sending the data. Idempotent: while it is sent, and once it was, there is nothing more to do. */
  reveal(input: InputOf<typeof jobs.reveal>): OutputOf<typeof jobs.reveal> {
    const key = attemptKey(input);
    const commit = this.knows(key) ? this.#kept.get(key) : undefined;
    if (!commit)
      throw new Fault('NOT_FOUND', `task ${input.taskId}, attempt ${input.attempt}: no commit of it is here`);
    if (commit.text !== undefined && !this.#sending.has(key)) {
      this.#sending.add(key);
      void this.send(this.#attempts.get(commit)!, commit.text).finally(() => this.#sending.delete(key));
    }
    return { accepted: true };
  }

  /** Resolves when the queue has all that was precommitted, or `signal` aborts. */
  async quiet(signal: AbortSignal): Promise<void> {
    while (this.#kept.unrevealed > 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  private async send(attempt: Attempt, text: string): Promise<void> {
    const { delivery, behaviour, log, closing } = this.options;
    const { taskId, attempt: number, expiresAt } = attempt.job;
    const key = attemptKey(attempt.job);
    try {
      const shown = behaviour.reveal(text, attempt);
      if (shown === undefined) return;
      await delivery.reveal(
        splitCommit(shown, { taskId, attempt: number }),
        Date.parse(expiresAt) + KEEP_MS,
        closing,
      );
      this.drop(key);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log('warn', 'the queue did not take a commit', {
        taskId,
        attempt: number,
        code: error.code,
        reason: error.message,
      });
      // Unanswered, it is kept: the queue may yet ask again.
      if (error.code !== 'UNAVAILABLE') this.drop(key);
    }
  }

  private wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
