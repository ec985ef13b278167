/** A transaction of any module's client: all of them have the table Heard. */
export interface HeardWriter {
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>;
}

const INSERT = 'INSERT INTO "Heard" ("eventId", at) VALUES ($1, $2) ON CONFLICT DO NOTHING';

/**
 * Notes that an event is being applied, in the transaction that applies it: the broker delivers at least once.
 * Two replicas with the same event wait for one another here, and one of them goes on.
 * @returns false when the event was applied before: apply nothing.
 */
export async function hearOnce(tx: HeardWriter, eventId: string, at: Date): Promise<boolean> {
  return (await tx.$executeRawUnsafe(INSERT, eventId, at)) === 1;
}

const DAY_MS = 86_400_000;
/** The broker repeats events for seven days (ADR 0010); made anew, a durable does so for all of them. */
const REMEMBERED_MS = 14 * DAY_MS;
/** Short enough not to hold anything up. */
const BATCH = 10_000;
const DELETE = `DELETE FROM "Heard" WHERE "eventId" IN (SELECT "eventId" FROM "Heard" WHERE at < $1 ORDER BY at LIMIT ${BATCH})`;

/** Forgets events that no broker can repeat any more, some thousands at a time. @returns whether there may be more */
export async function forgetHeard(client: HeardWriter, now: Date): Promise<boolean> {
  return (await client.$executeRawUnsafe(DELETE, new Date(now.getTime() - REMEMBERED_MS))) === BATCH;
}
