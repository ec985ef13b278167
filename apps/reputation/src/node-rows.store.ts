import type { Phase, Reason } from '@ganglion/contracts';
import { Prisma } from '@ganglion/database/reputation';
import type { Tx } from './database.store.js';
import { dayOf, type DayCount } from './day-count.js';
import { type Change, emptyLedger, type Entry } from './ledger.js';
import { readLedger, writeLedger } from './ledger-text.js';
import type { Counted, Start } from './recount.js';
import type { Stat } from './stat.js';
import { readEvent } from './trial.js';

/** Events that are read at a time: what is counted in one go, and held in memory. */
export const BATCH = 2_000;

/** What was last said aloud of a node. */
export interface Announced {
  readonly score: number;
  readonly level: number | null;
}

/** Makes the node's row if it is new, holds it until the transaction ends, and tells what was last said aloud. */
export const lockNode = async (tx: Tx, nodeId: string, at: Date): Promise<Announced> => {
  const rows = await tx.$queryRaw<Announced[]>`
    INSERT INTO "Score" AS s ("nodeId", score, announced, "updatedAt") VALUES (${nodeId}, 0, 0, ${at})
    ON CONFLICT ("nodeId") DO UPDATE SET "nodeId" = s."nodeId"
    RETURNING announced AS score, "announcedLevel" AS level`;
  return rows[0]!;
};

/** Where a node's count stands. */
export interface Place extends Start {
  /** The last event that was noted; 0 before the first, or when all were trimmed. */
  readonly noted: bigint;
  /** Up to when events may have been trimmed. */
  readonly heardTo: Date | null;
}

export const placeOf = async (tx: Tx, nodeId: string): Promise<Place> => {
  const [row] = await tx.$queryRaw<(Omit<Place, 'ledger'> & { state: string | null })[]>`
    SELECT coalesce(l.sequence, 0) AS sequence, l.state, s."heardTo", coalesce((SELECT e.sequence FROM "HeardEvent" e
      WHERE e."nodeId" = node.id ORDER BY e.sequence DESC LIMIT 1), 0) AS noted
    FROM (SELECT ${nodeId}::text AS id) AS node
    LEFT JOIN "NodeLedger" l ON l."nodeId" = node.id LEFT JOIN "Snapshot" s ON s."nodeId" = node.id`;
  const { state, ...place } = row!;
  return { ...place, ledger: state === null ? emptyLedger : readLedger(state) };
};

/** The node's events after `sequence`, in the order in which they count; as many as `BATCH`. */
export const entriesAfter = async (
  tx: Pick<Tx, 'heardEvent'>,
  nodeId: string,
  sequence: bigint,
): Promise<(Entry & { heardAt: Date })[]> => {
  const rows = await tx.heardEvent.findMany({
    where: { nodeId, sequence: { gt: sequence } },
    orderBy: { sequence: 'asc' },
    take: BATCH,
    select: { sequence: true, eventId: true, subject: true, payload: true, heardAt: true },
  });
  return rows.map(({ subject, payload, ...row }) => ({ ...row, heard: readEvent(subject, payload) }));
};

/**
 * Keeps the ledger, its counts by phase, what the score and the tasks have come to, and adds to the node's days: all in
 * one statement, since every event that is heard comes here.
 */
export const writeCounted = async (
  tx: Tx,
  nodeId: string,
  { sequence, ledger, days, score, at }: Omit<Counted, 'changes'> & { score: number; at: Date },
): Promise<void> => {
  const { stats, accepted, rejected, lost, completionTokens } = ledger;
  const parts = [
    Prisma.sql`ledger AS (
      INSERT INTO "NodeLedger" ("nodeId", sequence, state) VALUES (${nodeId}, ${sequence}, ${writeLedger(ledger)})
      ON CONFLICT ("nodeId") DO UPDATE SET sequence = excluded.sequence, state = excluded.state)`,
    ...(stats.length === 0 ? [] : [Prisma.sql`stats AS (${putStats(nodeId, stats)})`]),
    ...(days.length === 0 ? [] : [Prisma.sql`days AS (${addDays(nodeId, days)})`]),
  ];
  await tx.$executeRaw`
    WITH ${Prisma.join(parts)}
    UPDATE "Score" SET score = ${score}, accepted = ${accepted}, rejected = ${rejected}, lost = ${lost},
      "completionTokens" = ${completionTokens}, "updatedAt" = ${at} WHERE "nodeId" = ${nodeId}`;
};

const putStats = (nodeId: string, stats: readonly Stat[]): Prisma.Sql => {
  const rows = stats.map(
    ({ phase, total, succeeded, points, weight, weightSucceeded, weightFailed, asOf }) =>
      Prisma.sql`(${nodeId}, ${phase}, ${total}::int, ${succeeded}::int, ${points}::float8, ${weight}::float8,
        ${weightSucceeded}::float8, ${weightFailed}::float8, ${new Date(asOf)}::timestamptz)`,
  );
  return Prisma.sql`
    INSERT INTO "NodeStat"
      ("nodeId", phase, total, succeeded, points, weight, "weightSucceeded", "weightFailed", "asOf")
    VALUES ${Prisma.join(rows)}
    ON CONFLICT ("nodeId", phase) DO UPDATE SET total = excluded.total, succeeded = excluded.succeeded,
      points = excluded.points, weight = excluded.weight, "weightSucceeded" = excluded."weightSucceeded",
      "weightFailed" = excluded."weightFailed", "asOf" = excluded."asOf"`;
};

const addDays = (nodeId: string, days: readonly DayCount[]): Prisma.Sql => {
  const rows = days.map(
    ({ phase, day, total, succeeded }) =>
      Prisma.sql`(${nodeId}, ${phase}, ${day}::date, ${total}::int, ${succeeded}::int)`,
  );
  return Prisma.sql`
    INSERT INTO "PhaseDay" AS d ("nodeId", phase, day, total, succeeded) VALUES ${Prisma.join(rows)}
    ON CONFLICT ("nodeId", phase, day) DO UPDATE SET total = d.total + excluded.total,
      succeeded = d.succeeded + excluded.succeeded`;
};

export const addChanges = async (tx: Tx, nodeId: string, changes: readonly Change[]): Promise<void> => {
  if (changes.length === 0) return;
  await tx.levelChange.createMany({
    data: changes.map(({ reason, ...change }) => ({ nodeId, ...change, reason: { ...reason } })),
  });
};

/** A row as the counts it keeps. */
export const statOf = ({
  phase,
  asOf,
  ...counts
}: Omit<Prisma.NodeStatGetPayload<object>, 'nodeId'>): Stat => ({
  phase: phase as Phase,
  ...counts,
  asOf: asOf.getTime(),
});

/** A row as the change that it is. */
export const changeOf = ({
  reason,
  ...row
}: Omit<Prisma.LevelChangeGetPayload<object>, 'nodeId'>): Change => ({
  ...row,
  reason: reason as Reason,
});

/** A row as the day that it counts; of it, what a snapshot covers. */
export const dayCountOf = ({
  phase,
  day,
  total,
  succeeded,
  coveredTotal,
  coveredSucceeded,
}: Prisma.PhaseDayGetPayload<object>): { count: DayCount; covered: DayCount } => {
  const key = { phase: phase as Phase, day: dayOf(day) };
  return {
    count: { ...key, total, succeeded },
    covered: { ...key, total: coveredTotal, succeeded: coveredSucceeded },
  };
};
