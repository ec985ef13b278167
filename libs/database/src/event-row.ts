import type { Event, PayloadOf, Reason } from '@ganglion/contracts';

/** A row of the table Event, as it is inserted. */
export interface EventRow {
  entity: string;
  entityId: string;
  version?: number;
  from?: string;
  to?: string;
  reason?: Reason;
  at: Date;
  subject?: string;
  payload?: object;
}

/**
 * A transaction of any module's client: all of them have the table Event. (The argument is loose because every generated
 * client has types of its own; the rows are typed where they are made.)
 */
export interface EventWriter {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  event: { createMany(args: any): PromiseLike<unknown> };
}

/** What is said to the other modules, with a payload that is parsed by the event's schema before it is stored. */
export interface Said<E extends Event = Event> {
  event: E;
  payload: PayloadOf<E>;
}

/**
 * Inserts event rows in order, in one statement. The payload is checked here, where the mistake is made, and not where
 * another module would refuse it.
 */
export async function insertEvents(tx: EventWriter, rows: readonly EventRow[]): Promise<void> {
  await tx.event.createMany({ data: rows });
}

/**
 * The columns of a said event.
 * @throws ZodError when the payload does not fit the event's schema: a bug of the caller.
 */
export function saying<E extends Event>({ event, payload }: Said<E>): Pick<EventRow, 'subject' | 'payload'> {
  return { subject: event.subject, payload: event.payload.parse(payload) as object };
}

/** A fact about a thing. */
export interface Fact<E extends Event> extends Said<E> {
  entity: string;
  entityId: string;
  at: Date;
}

/** Writes a fact that moved nothing to the outbox, in the caller's transaction. */
export async function record<E extends Event>(tx: EventWriter, fact: Fact<E>): Promise<void> {
  const { entity, entityId, at } = fact;
  await insertEvents(tx, [{ entity, entityId, at, ...saying(fact) }]);
}
