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
