import { Metrics } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { TrimLease } from './database.store.js';
import { LedgerStore } from './ledger.store.js';
import { TrimStore } from './trim.store.js';

/** Lets old events go into snapshots, and counts what a replica of an earlier version left uncounted. */
@Injectable()
export class TrimService {
  readonly #log = new Logger('Trim');

  constructor(
    private readonly trims: TrimStore,
    private readonly ledgers: LedgerStore,
    private readonly lease: TrimLease,
    private readonly metrics: Metrics,
  ) {}

  /** One turn over all nodes; ends as soon as another replica has the lease. */
  async turn(): Promise<void> {
    if (!(await this.lease.hold())) return;
    for (const nodeId of await this.ledgers.behind())
      if (await this.lease.hold()) await this.ledgers.catchUp(nodeId);
    for (const nodeId of await this.trims.due()) await this.trim(nodeId);
  }

  private async trim(nodeId: string): Promise<void> {
    let all = 0;
    try {
      while (await this.lease.hold()) {
        const trimmed = await this.trims.trim(nodeId);
        if (trimmed === 0) break;
        all += trimmed;
      }
    } catch (error) {
      // Its events stay; the others' are trimmed all the same.
      this.#log.error(`trimming ${nodeId}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.metrics.counter('ganglion_reputation_trimmed_total', 'Events that went into snapshots').inc(all);
    if (all > 0) this.#log.log(`${all} events of ${nodeId} went into its snapshot`);
  }
}
