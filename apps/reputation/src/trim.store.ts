import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { ReputationDatabase, type Tx } from './database.store.js';
import { digestOf, readLedger, writeLedger } from './ledger-text.js';
import { entriesAfter, lockNode } from './node-rows.store.js';
import { beginning, type Counted, Recount } from './recount.js';
import { ReputationConfig } from './reputation.config.js';
import { cutoffOf } from './retention.js';

interface Before {
  readonly sequence: bigint;
  readonly state: string | null;
  readonly events: number;
}

/** Puts old events of a node into its snapshot, and deletes them. */
@Injectable()
export class TrimStore {
  constructor(
    private readonly database: ReputationDatabase,
    private readonly clock: Clock,
    private readonly config: ReputationConfig,
  ) {}

  /** Nodes whose oldest event is old enough. */
  async due(): Promise<string[]> {
    const rows = await this.database.client.$queryRaw<{ nodeId: string }[]>`
      SELECT s."nodeId" FROM "Score" s CROSS JOIN LATERAL (
        SELECT "heardAt" FROM "HeardEvent" e WHERE e."nodeId" = s."nodeId" ORDER BY sequence LIMIT 1) AS oldest
      WHERE oldest."heardAt" < ${this.cutoff()} ORDER BY s."nodeId"`;
    return rows.map(({ nodeId }) => nodeId);
  }

  /**
   * Trims the node's old events, from the first on, until one is younger or not counted yet; some thousands at most. The snapshot grows by just these, and is counted from them anew: it holds nothing that was
   * not recounted once. Resolves with how many there were.
   * @throws Error when the snapshot that is there does not have its digest: then nothing is deleted.
   */
  trim(nodeId: string): Promise<number> {
    const at = this.clock.now();
    const cutoff = this.cutoff();
    return this.database.transaction(async (tx) => {
      await lockNode(tx, nodeId, at);
      const before = await snapshotBefore(tx, nodeId);
      const kept = await tx.nodeLedger.findUnique({ where: { nodeId }, select: { sequence: true } });
      const entries = await entriesAfter(tx, nodeId, before.sequence);
      const end = entries.findIndex(
        ({ sequence, heardAt }) => heardAt >= cutoff || sequence > (kept?.sequence ?? 0n),
      );
      const old = end < 0 ? entries : entries.slice(0, end);
      const last = old.at(-1);
      if (!last) return 0;
      const start =
        before.state === null ? beginning : { sequence: before.sequence, ledger: readLedger(before.state) };
      const counted = new Recount(start).add(old).result();
      const heardTo = new Date(Math.max(...old.map(({ heardAt }) => heardAt.getTime())));
      await keepSnapshot(tx, nodeId, { counted, heardTo, events: before.events + old.length, at });
      await tx.heardEvent.deleteMany({ where: { nodeId, sequence: { lte: last.sequence } } });
      return old.length;
    });
  }

  private cutoff(): Date {
    return cutoffOf(this.clock.now(), this.config.keepEventsDays);
  }
}

const snapshotBefore = async (tx: Tx, nodeId: string): Promise<Before> => {
  const row = await tx.snapshot.findUnique({ where: { nodeId } });
  if (!row) return { sequence: 0n, state: null, events: 0 };
  if (digestOf(row) !== row.digest)
    throw new Error(
      `the snapshot of node ${nodeId} does not have its digest: restore the table Snapshot from a backup; nothing was trimmed`,
    );
  return row;
};

const keepSnapshot = async (
  tx: Tx,
  nodeId: string,
  { counted, heardTo, events, at }: { counted: Counted; heardTo: Date; events: number; at: Date },
): Promise<void> => {
  const { sequence, ledger, days } = counted;
  const state = writeLedger(ledger);
  const snapshot = { sequence, heardTo, state, digest: digestOf({ nodeId, sequence, state }), events, at };
  await tx.snapshot.upsert({ where: { nodeId }, create: { nodeId, ...snapshot }, update: snapshot });
  for (const { phase, day, total, succeeded } of days)
    await tx.phaseDay.updateMany({
      where: { nodeId, phase, day: new Date(day) },
      data: { coveredTotal: { increment: total }, coveredSucceeded: { increment: succeeded } },
    });
};
