import type { Event, PayloadOf, Reason } from '@ganglion/contracts';
import { v7 as uuid } from 'uuid';

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

/** A transaction of any module's client: all of them have the table Event. */
export interface EventWriter {
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>;
}

/** What is said to the other modules, with a payload that is parsed by the event's schema before it is stored. */
export interface Said<E extends Event = Event> {
  event: E;
  payload: PayloadOf<E>;
}

const INSERT = `INSERT INTO "Event" (id, entity, "entityId", version, "from", "to", reason, at, subject, payload)
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, entity text, "entityId" text, version int, "from" text,
    "to" text, reason jsonb, at timestamptz, subject text, payload jsonb)`;

/**
 * Inserts event rows in order, in one statement: every move of every module ends here, and a statement written by hand
 * costs a quarter of a generated one.
 */
export async function insertEvents(tx: EventWriter, rows: readonly EventRow[]): Promise<void> {
  await tx.$executeRawUnsafe(INSERT, JSON.stringify(rows.map((row) => ({ id: uuid(), ...row }))));
}

/**
 * The columns of a said event. The payload is checked here, where the mistake is made, and not where another module
 * would refuse it.
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

/** Writes a fact that moved nothing, and that no other module needs to know, to the history alone. */
export const note = (
  tx: EventWriter,
  fact: Required<Pick<EventRow, 'entity' | 'entityId' | 'reason' | 'at'>>,
): Promise<void> => insertEvents(tx, [fact]);

/** Writes a fact that moved nothing to the outbox, in the caller's transaction. */
export async function record<E extends Event>(tx: EventWriter, fact: Fact<E>): Promise<void> {
  const { entity, entityId, at } = fact;
  await insertEvents(tx, [{ entity, entityId, at, ...saying(fact) }]);
}
