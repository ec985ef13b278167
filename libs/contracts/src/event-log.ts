import { z } from 'zod';
import { moduleNames } from './module-name.js';
import { page, pageOf, reason, text, timestamp, uuid } from './value.js';

/** One thing that happened: `GET /v1/events`, and `event` on the socket. */
export const eventView = z.object({
  /** A UUIDv7 of the module that said it; with `module` unique. */
  id: z.uuid(),
  module: z.enum(moduleNames),
  /** What it is about, such as `node`, `task`, `session`, `round`; and its id. */
  entity: z.string(),
  entityId: z.string(),
  /** States left and entered; both null for a fact that moved nothing. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  reason: reason.nullable(),
  at: timestamp,
  /** What was said of it, if it was published: `evt.<module>.<fact>`. */
  subject: z.string().nullable(),
});
export type EventView = z.infer<typeof eventView>;

/** Which events of a module are wanted; all that is given must hold. */
export const eventFilter = z.strictObject({
  entity: text.max(64).optional(),
  entityId: text.max(128).optional(),
  /** The state entered. */
  to: text.max(64).optional(),
  /** Of the reason. */
  code: text.max(64).optional(),
  subject: text.max(128).optional(),
  /** Only what happened before. */
  before: timestamp.optional(),
});

/**
 * A module's events, the newest first by their ids, which are UUIDv7; `cursor` is an id, and what is older than it follows.
 * A page may have fewer events than asked for, or none, and yet be followed by others: a module looks through a part of its
 * events at a time.
 */
export const eventSearch = {
  input: eventFilter.extend({ cursor: uuid.optional(), limit: page.shape.limit }),
  output: pageOf(eventView),
};
