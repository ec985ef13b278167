import { reputation } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { ReputationDatabase, ReputationOutbox, type Tx } from './database.store.js';
import type { Entry } from './ledger.js';
import {
  addChanges,
  type Announced,
  BATCH,
  entriesAfter,
  lockNode,
  placeOf,
  writeCounted,
} from './node-rows.store.js';
import { Recount, type Start } from './recount.js';
import { scoreOf } from './score.js';
import { type Heard, readEvent } from './trial.js';

/** A change smaller than this is not said aloud. */
const WORTH_SAYING = 0.01;

export interface NewEvent {
  eventId: string;
  subject: string;
  payload: unknown;
}

/** What became of an event: counted, or counted before, or so old that nobody can tell. */
export type Hearing = 'counted' | 'repeated' | 'too_late';

/**
 * Counts what is heard: the event, the counters and the score in one transaction, node by node in one order.
 *
 * What is counted are the rows after the place where the node's ledger stands. That is the event at hand, and also those
 * that a replica of an earlier version noted meanwhile without keeping a ledger.
 */
@Injectable()
export class LedgerStore {
  constructor(
    private readonly database: ReputationDatabase,
    private readonly outbox: ReputationOutbox,
    private readonly clock: Clock,
  ) {}

  async enter({ eventId, subject, payload }: NewEvent): Promise<Hearing> {
    const heard = readEvent(subject, payload);
    const { nodeId } = heard;
    const at = this.clock.now();
    const { hearing, isBehind } = await this.database.transaction(async (tx) => {
      const announced = await lockNode(tx, nodeId, at);
      const place = await placeOf(tx, nodeId);
      // What was heard by then may be trimmed, and would be counted twice: the ids are gone with the rows.
      if (place.heardTo && heard.at <= place.heardTo)
        return { hearing: 'too_late' as const, isBehind: false };
      const [row] = await tx.$queryRaw<{ sequence: bigint }[]>`
        INSERT INTO "HeardEvent" ("eventId", subject, "nodeId", payload, at, "heardAt")
        VALUES (${eventId}, ${subject}, ${nodeId}, ${JSON.stringify(payload)}::jsonb, ${heard.at}, ${at})
        ON CONFLICT ("eventId") DO NOTHING RETURNING sequence`;
      if (!row) return { hearing: 'repeated' as const, isBehind: false };
      await countSession(tx, heard);
      const isNext = place.noted <= place.sequence;
      const entries = isNext
        ? [{ sequence: row.sequence, eventId, heard }]
        : await entriesAfter(tx, nodeId, place.sequence);
      await count(tx, nodeId, { place, entries, announced, at });
      return { hearing: 'counted' as const, isBehind: entries.length === BATCH };
    });
    if (isBehind) await this.catchUp(nodeId);
    if (hearing === 'counted') this.outbox.wake();
    return hearing;
  }

  /** Counts the events of a node that its ledger does not have yet, in steps that hold its lock for a moment each. */
  async catchUp(nodeId: string): Promise<void> {
    const at = this.clock.now();
    const step = (): Promise<boolean> =>
      this.database.transaction(async (tx) => {
        const announced = await lockNode(tx, nodeId, at);
        const place = await placeOf(tx, nodeId);
        const entries = await entriesAfter(tx, nodeId, place.sequence);
        await count(tx, nodeId, { place, entries, announced, at });
        return entries.length === BATCH;
      });
    while (await step());
    this.outbox.wake();
  }

  /** Nodes of which more was heard than counted: a replica of an earlier version heard it last. */
  async behind(): Promise<string[]> {
    const rows = await this.database.client.$queryRaw<{ nodeId: string }[]>`
      SELECT s."nodeId" FROM "Score" s LEFT JOIN "NodeLedger" l ON l."nodeId" = s."nodeId"
      WHERE EXISTS (SELECT 1 FROM "HeardEvent" e
        WHERE e."nodeId" = s."nodeId" AND e.sequence > coalesce(l.sequence, 0))
      ORDER BY s."nodeId"`;
    return rows.map(({ nodeId }) => nodeId);
  }
}

/** Counts the next events of a node, in their order. */
const count = async (
  tx: Tx,
  nodeId: string,
  {
    place,
    entries,
    announced,
    at,
  }: { place: Start; entries: readonly Entry[]; announced: Announced; at: Date },
): Promise<void> => {
  const { changes, ...counted } = new Recount(place).add(entries).result();
  const { score } = scoreOf(counted.ledger);
  await writeCounted(tx, nodeId, { ...counted, score, at });
  await addChanges(tx, nodeId, changes);
  // A part of a count is no news.
  const { level } = counted.ledger.standing;
  if (entries.length < BATCH) await announce(tx, nodeId, { now: { score, level }, announced, at });
};

/** Says a score aloud that has moved by as much as is worth it, or with another level. */
export const announce = async (
  tx: Tx,
  nodeId: string,
  { now: { score, level }, announced, at }: { now: Announced; announced: Announced; at: Date },
): Promise<void> => {
  // A newcomer has level 0, and no level was said of it.
  if (Math.abs(score - announced.score) < WORTH_SAYING && level === (announced.level ?? 0)) return;
  await tx.score.updateMany({ where: { nodeId }, data: { announced: score, announcedLevel: level } });
  await record(tx, {
    event: reputation.scoreChanged,
    payload: { nodeId, score, ...(level === null ? {} : { level }), at: at.toISOString() },
    entity: 'score',
    entityId: nodeId,
    at,
  });
};

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
