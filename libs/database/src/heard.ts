/** A transaction of any module's client: all of them have the table Heard. */
export interface HeardWriter {
  heard: {
    createMany(args: { data: { eventId: string; at: Date }[]; skipDuplicates: true }): PromiseLike<{
      count: number;
    }>;
  };
}

/**
 * Notes that an event is being applied, in the transaction that applies it: the broker delivers at least once.
 * Two replicas with the same event wait for one another here, and one of them goes on.
 * @returns false when the event was applied before: apply nothing.
 */
export async function hearOnce(tx: HeardWriter, eventId: string, at: Date): Promise<boolean> {
  const { count } = await tx.heard.createMany({ data: [{ eventId, at }], skipDuplicates: true });
  return count === 1;
}
