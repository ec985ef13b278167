import { Clock, Metrics } from '@ganglion/runtime';
import { Logger } from '@nestjs/common';
import { type ClientOf, type TestDatabase, testDatabase } from '@ganglion/testkit';
import { ReputationDatabase, ReputationOutbox, TrimLease } from './database.store.js';
import { START } from './heard.fixture.js';
import { HistoryStore } from './history.store.js';
import { LedgerStore, type NewEvent } from './ledger.store.js';
import { RecountStore } from './recount.store.js';
import { ReputationConfig } from './reputation.config.js';
import { ReputationService } from './reputation.service.js';
import { ReputationStore } from './reputation.store.js';
import { TrimService } from './trim.service.js';
import { TrimStore } from './trim.store.js';

/** A clock that stands still until it is moved. */
class SteppedClock extends Clock {
  #ms = START;

  override ms(): number {
    return this.#ms;
  }

  step(ms: number): void {
    this.#ms += ms;
  }
}

/** The module's parts on a database of their own: all but the broker. */
export class ReputationBench {
  readonly clock = new SteppedClock();
  readonly database: ReputationDatabase;
  readonly ledger: LedgerStore;
  readonly store: ReputationStore;
  readonly past: HistoryStore;
  readonly service: ReputationService;
  readonly trims: TrimStore;
  readonly recounts: RecountStore;

  private constructor(readonly db: TestDatabase<ClientOf<'reputation'>>) {
    this.database = new ReputationDatabase(db.url);
    const options = { publish: async () => {}, clock: this.clock, holder: 'spec' };
    this.ledger = new LedgerStore(this.database, new ReputationOutbox(this.database, options), this.clock);
    this.store = new ReputationStore(this.database, this.clock);
    this.past = new HistoryStore(this.database);
    this.service = new ReputationService(this.ledger, this.store, new Metrics('spec'));
    this.trims = new TrimStore(this.database, this.clock, new ReputationConfig(30));
    this.recounts = new RecountStore(this.database, this.clock);
  }

  static async start(): Promise<ReputationBench> {
    Logger.overrideLogger(false);
    return new ReputationBench(await testDatabase('reputation'));
  }

  /** A replica's turn at trimming. */
  trimming(holder: string): TrimService {
    const { client } = this.database;
    const lease = new TrimLease({ client, name: 'trim', holder, forMs: 30_000, clock: this.clock });
    return new TrimService(this.trims, this.ledger, lease, new Metrics('spec'));
  }

  /** Hears events one after the other, each at the time at which it happened (or now, if that was before). */
  async hearAll(events: readonly NewEvent[]): Promise<void> {
    for (const event of events) {
      const { at } = event.payload as { at: string };
      this.clock.step(Math.max(0, Date.parse(at) - this.clock.ms()));
      await this.ledger.enter(event);
    }
  }

  /** Notes events as a replica of an earlier version does: without a ledger. */
  async note(events: readonly NewEvent[]): Promise<void> {
    await this.db.client.heardEvent.createMany({
      data: events.map(({ eventId, subject, payload }) => {
        const { nodeId, at } = payload as { nodeId: string; at: string };
        return { eventId, subject, nodeId, payload: payload as object, at, heardAt: this.clock.now() };
      }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.client.$disconnect();
    await this.db[Symbol.asyncDispose]();
  }
}
