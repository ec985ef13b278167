import type { Phase } from '@ganglion/contracts';
import { reputation } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import { Prisma } from '@ganglion/database/reputation';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { ReputationDatabase, ReputationOutbox, type Tx } from './database.store.js';
import { enter, type Ledger, replay } from './ledger.js';
import { scoreOf, type Stat } from './score.js';
import { type Heard, readEvent } from './trial.js';

/** A change smaller than this is not said aloud. */
const WORTH_SAYING = 0.01;

export interface NewEvent {
  eventId: string;
  subject: string;
  payload: unknown;
}

/** Counts what is heard: the event, the counters and the score in one transaction, node by node in one order. */
@Injectable()
export class LedgerStore {
  constructor(
    private readonly database: ReputationDatabase,
    private readonly outbox: ReputationOutbox,
    private readonly clock: Clock,
  ) {}

  /** Counts an event; false when it was counted before. */
  async enter({ eventId, subject, payload }: NewEvent): Promise<boolean> {
    const heard = readEvent(subject, payload);
    const heardAt = this.clock.now();
    const isNew = await this.database.transaction(async (tx) => {
      const score = await lock(tx, heard);
      const count = await tx.$executeRaw`
        INSERT INTO "HeardEvent" ("eventId", subject, "nodeId", payload, at, "heardAt")
        VALUES (${eventId}, ${subject}, ${heard.nodeId}, ${JSON.stringify(payload)}::jsonb, ${heard.at}, ${heardAt})
        ON CONFLICT ("eventId") DO NOTHING`;
      if (count === 0) return false;
      await countSession(tx, heard);
      const ledger = enter(await load(tx, heard.nodeId, score), heard);
      await this.write(tx, heard.nodeId, { ledger, announced: score.announced, at: heardAt });
      return true;
    });
    if (isNew) this.outbox.wake();
    return isNew;
  }

  /** Counts a node anew from what was heard of it, and keeps the result. */
  async rebuild(nodeId: string): Promise<Ledger> {
    const at = this.clock.now();
    return this.database.transaction(async (tx) => {
      const { announced } = await lock(tx, { nodeId, at });
      const events = await tx.heardEvent.findMany({ where: { nodeId }, orderBy: { sequence: 'asc' } });
      const ledger = replay(events.map(({ subject, payload }) => readEvent(subject, payload)));
      await tx.nodeStat.deleteMany({ where: { nodeId } });
      await this.write(tx, nodeId, { ledger, announced, at });
      return ledger;
    });
  }

  private async write(
    tx: Tx,
    nodeId: string,
    { ledger, announced, at }: { ledger: Ledger; announced: number; at: Date },
  ): Promise<void> {
    const { score } = scoreOf(ledger.stats);
    await writeStats(tx, nodeId, ledger.stats);
    const isWorthSaying = Math.abs(score - announced) >= WORTH_SAYING;
    const { accepted, rejected, lost, completionTokens } = ledger;
    await tx.score.updateMany({
      where: { nodeId },
      data: {
        score,
        accepted,
        rejected,
        lost,
        completionTokens,
        updatedAt: at,
        ...(isWorthSaying ? { announced: score } : {}),
      },
    });
    if (isWorthSaying)
      await record(tx, {
        event: reputation.scoreChanged,
        payload: { nodeId, score, at: at.toISOString() },
        entity: 'score',
        entityId: nodeId,
        at,
      });
  }
}

interface Locked {
  readonly announced: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly lost: number;
  readonly completionTokens: bigint;
}

/** Makes the node's row if it is new, and holds it until the transaction ends. */
const lock = async (tx: Tx, { nodeId, at }: { nodeId: string; at: Date }): Promise<Locked> => {
  const rows = await tx.$queryRaw<Locked[]>`
    INSERT INTO "Score" AS s ("nodeId", score, announced, "updatedAt") VALUES (${nodeId}, 0, 0, ${at})
    ON CONFLICT ("nodeId") DO UPDATE SET "nodeId" = s."nodeId"
    RETURNING announced, accepted, rejected, lost, "completionTokens"`;
  return rows[0]!;
};

const load = async (tx: Tx, nodeId: string, score: Locked): Promise<Ledger> => {
  const rows = await tx.nodeStat.findMany({ where: { nodeId } });
  const { accepted, rejected, lost } = score;
  const completionTokens = Number(score.completionTokens);
  return { stats: rows.map(statOf), accepted, rejected, lost, completionTokens };
};

/** One statement, however many phases there are. */
const writeStats = async (tx: Tx, nodeId: string, stats: readonly Stat[]): Promise<void> => {
  if (stats.length === 0) return;
  const rows = stats.map(
    ({ phase, total, succeeded, points, weight, weightSucceeded, asOf }) =>
      Prisma.sql`(${nodeId}, ${phase}, ${total}::int, ${succeeded}::int, ${points}::float8, ${weight}::float8,
        ${weightSucceeded}::float8, ${new Date(asOf)}::timestamptz)`,
  );
  await tx.$executeRaw`
    INSERT INTO "NodeStat" ("nodeId", phase, total, succeeded, points, weight, "weightSucceeded", "asOf")
    VALUES ${Prisma.join(rows)}
    ON CONFLICT ("nodeId", phase) DO UPDATE SET total = excluded.total, succeeded = excluded.succeeded,
      points = excluded.points, weight = excluded.weight, "weightSucceeded" = excluded."weightSucceeded",
      "asOf" = excluded."asOf"`;
};

/** A row as the counts it keeps. */
export const statOf = ({
  phase,
  total,
  succeeded,
  points,
  weight,
  weightSucceeded,
  asOf,
}: Prisma.NodeStatGetPayload<object>): Stat => ({
  phase: phase as Phase,
  total,
  succeeded,
  points,
  weight,
  weightSucceeded,
  asOf: asOf.getTime(),
});

const countSession = async (tx: Tx, { task }: Heard): Promise<void> => {
  if (!task) return;
  const { sessionId, outcome, completionTokens } = task;
  const [accepted, rejected, lost] = (['accepted', 'rejected', 'lost'] as const).map((one) =>
    one === outcome ? 1 : 0,
  );
  await tx.$executeRaw`
    INSERT INTO "SessionStat" ("sessionId", accepted, rejected, lost, "completionTokens")
    VALUES (${sessionId}::uuid, ${accepted}, ${rejected}, ${lost}, ${completionTokens})
    ON CONFLICT ("sessionId") DO UPDATE SET
      accepted = "SessionStat".accepted + excluded.accepted,
      rejected = "SessionStat".rejected + excluded.rejected,
      lost = "SessionStat".lost + excluded.lost,
      "completionTokens" = "SessionStat"."completionTokens" + excluded."completionTokens"`;
};
