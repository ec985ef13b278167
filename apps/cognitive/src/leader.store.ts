import { Fault } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { CognitiveDatabase, type Tx } from './database.store.js';

const ROW = 'oracle';

/** Makes transactions that act for the clock follow one another. Before the first leader there is nobody to lock out. */
export const lockLeader = async (tx: Tx): Promise<void> => {
  await tx.$queryRaw`SELECT 1 FROM "Leader" WHERE name = ${ROW} FOR UPDATE`;
};

/** Who leads the oracles: what an old leader says comes too late. */
@Injectable()
export class LeaderStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes the word of an oracle that says it leads, in a transaction whose row lock makes leaders' acts follow one
   * another. @throws Fault `STALE`, with `details.highest`, when there was a later leader.
   */
  async follow(tx: Tx, { epoch, oracleId }: { epoch: number; oracleId: string }): Promise<void> {
    const at = this.clock.now();
    const rows = await tx.$queryRaw<unknown[]>`
      INSERT INTO "Leader" (name, epoch, "oracleId", "seenAt") VALUES (${ROW}, ${epoch}, ${oracleId}, ${at})
      ON CONFLICT (name) DO UPDATE
      SET epoch = excluded.epoch, "oracleId" = excluded."oracleId", "seenAt" = excluded."seenAt"
      WHERE "Leader".epoch < excluded.epoch
        OR ("Leader".epoch = excluded.epoch AND "Leader"."oracleId" = excluded."oracleId")
      RETURNING epoch`;
    if (rows.length === 0) throw stale(epoch, (await tx.leader.findUnique({ where: { name: ROW } }))?.epoch);
  }

  /** The same outside of a transaction. */
  async check(leader: { epoch: number; oracleId: string }): Promise<void> {
    await this.follow(this.database.client, leader);
  }

  /** @throws Fault `STALE` when an oracle that led later has been heard. */
  async checkEpoch(epoch: number): Promise<void> {
    const leader = await this.database.client.leader.findUnique({ where: { name: ROW } });
    if (leader && epoch < leader.epoch) throw stale(epoch, leader.epoch);
  }
}

const stale = (epoch: number, highest = epoch): Fault =>
  new Fault('STALE', `epoch ${epoch} is over: an oracle leads with epoch ${highest}`, { highest });
