import { forgetHeard } from './heard.js';
import { Lease, type LeaseClient } from './lease.js';
import { backOffMs, Pause } from './pause.js';
import { type BatchResult, type Publish, publishBatch, type Unpublished } from './outbox-batch.js';

/** Any module's client: all of them have the tables Event and Lease. */
export interface OutboxClient extends LeaseClient {
  // Every generated client has argument types of its own.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  event: {
    findMany(args: any): PromiseLike<any[]>;
    updateMany(args: any): PromiseLike<unknown>;
  };
  /* eslint-enable @typescript-eslint/no-explicit-any */
}

export interface OutboxOptions {
  client: OutboxClient;
  publish: Publish;
  /** The injected clock, by which the lease ends. */
  clock: { now(): Date };
  /** Names this replica, differently from all others of its module. */
  holder: string;
  /** The other replicas of the module: whoever commits without the lease tells its holder, who publishes at once. */
  peers?: { tell(): void; onTold(hear: () => void): { close(): void } };
  /** Told when publishing starts to fail, and when it works again; standard error when not given. */
  log?: { warn(message: string): void };
  /** How soon a row is seen of which nobody told; 1 s when not given. */
  pollMs?: number;
  /** How long a crashed publisher is waited for; 5 s when not given. */
  leaseMs?: number;
  /** How long the broker may take to store an event; 5 s when not given. */
  publishTimeoutMs?: number;
}

const BATCH = 256;
const IN_FLIGHT = 64;
/** Events that were heard long ago are forgotten this often. */
const FORGET_EVERY_MS = 3_600_000;
/** What is committed within this time of a wake-up goes out in one batch. */
const GATHER_MS = 10;

/**
 * Publishes the event rows of one module, at least once each, roughly in their order. One replica at a time does so: the
 * holder of the lease `outbox`. A row's id is the message's id, so the broker drops most repetitions and hearers the rest.
 *
 * The holder also forgets what the module heard too long ago to hear it again.
 *
 * Rows are found by being unpublished, never by a cursor: a row with a lower sequence may be committed after a higher one.
 */
export class Outbox {
  private readonly lease: Lease;
  private readonly pause = new Pause();
  /** Rows that the broker refused while it took others, and when each is tried again (real time). */
  private readonly refused = new Map<string, { failures: number; notBefore: number }>();
  private running: Promise<void> | undefined;
  private told: { close(): void } | undefined;
  private isStopping = false;
  private failures = 0;
  private barrenRounds = 0;
  /** By the injected clock, in ms. */
  private forgetAt = 0;

  constructor(private readonly options: OutboxOptions) {
    const { client, holder, clock, leaseMs = 5_000 } = options;
    this.lease = new Lease({ client, name: 'outbox', holder, forMs: leaseMs, clock });
  }

  /** Starts publishing; a second call does nothing. */
  start(): void {
    this.isStopping = false;
    this.told ??= this.options.peers?.onTold(() => this.pause.cut());
    this.running ??= this.run();
  }

  /** Says that rows were committed. Cheap, and harmless when they were not. */
  wake(): void {
    if (this.lease.isHeld) this.pause.cut();
    else if (this.options.peers) this.options.peers.tell();
    else this.pause.cut();
  }

  /** Finishes what is on its way, gives the lease back and stops. The database must still be connected. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.told?.close();
    this.told = undefined;
    this.pause.cut();
    await this.running;
    this.running = undefined;
    // A lease that cannot be given back ends by itself.
    await this.lease.release().catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      let waitMs: number;
      try {
        waitMs = await this.round();
        if (this.failures > 0) this.say('publishing again');
        this.failures = 0;
      } catch (error) {
        this.failures++;
        if (this.failures === 1) this.say(`cannot publish, trying again: ${describe(error)}`);
        waitMs = backOffMs(this.failures);
        // A wake-up must not hurry the next try: with the broker gone, every commit would hammer it.
        await this.waitAtLeast(waitMs);
        continue;
      }
      if (waitMs > 0) await this.pause.for(waitMs, GATHER_MS);
    }
  }

  private async waitAtLeast(ms: number): Promise<void> {
    const end = Date.now() + ms;
    for (let left = ms; left > 0 && !this.isStopping; left = end - Date.now()) await this.pause.for(left);
  }

  /** Publishes one batch. Resolves with how long to wait before the next; throws in an outage. */
  private async round(): Promise<number> {
    const { client, clock, publish, pollMs = 1_000, publishTimeoutMs: timeoutMs = 5_000 } = this.options;
    if (!(await this.lease.hold())) {
      this.refused.clear();
      return pollMs;
    }
    const rows: Unpublished[] = await client.event.findMany({
      where: { publishedAt: null, subject: { not: null }, id: { notIn: this.waiting() } },
      orderBy: { sequence: 'asc' },
      select: { id: true, subject: true, payload: true },
      take: BATCH,
    });
    const mayGoOn = (): boolean => !this.isStopping && this.lease.isHeld;
    const result = await publishBatch(rows, { publish, inFlight: IN_FLIGHT, timeoutMs, mayGoOn });
    if (result.published.length > 0) {
      await client.event.updateMany({
        where: { id: { in: result.published } },
        data: { publishedAt: clock.now() },
      });
    }
    this.remember(result);
    await this.forget();
    const isDone = rows.length < BATCH && result.published.length === rows.length;
    return isDone ? pollMs : 0;
  }

  private async forget(): Promise<void> {
    const now = this.options.clock.now();
    if (now.getTime() < this.forgetAt) return;
    const hasMore = await forgetHeard(this.options.client, now);
    this.forgetAt = hasMore ? 0 : now.getTime() + FORGET_EVERY_MS;
  }

  /**
   * A row that fails is left out for a while, so that it cannot hold up the others. Two rounds with failures and without
   * success are an outage.
   */
  private remember({ published, failed }: BatchResult): void {
    for (const id of published) this.refused.delete(id);
    const [first] = failed;
    this.barrenRounds = first && published.length === 0 ? this.barrenRounds + 1 : 0;
    if (first && this.barrenRounds > 1) throw first.error;
    for (const { id, error } of failed) {
      const failures = (this.refused.get(id)?.failures ?? 0) + 1;
      this.refused.set(id, { failures, notBefore: Date.now() + backOffMs(failures) });
      if (failures % 10 === 1)
        this.say(`event ${id} was not published (try ${failures}): ${describe(error)}`);
    }
  }

  private waiting(): string[] {
    const now = Date.now();
    return [...this.refused].filter(([, { notBefore }]) => notBefore > now).map(([id]) => id);
  }

  private say(message: string): void {
    const { log, holder } = this.options;
    if (log) log.warn(`outbox: ${message}`);
    else process.stderr.write(`outbox of ${holder}: ${message}\n`);
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
