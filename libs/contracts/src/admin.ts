import { z } from 'zod';
import { eventView } from './event-log.js';
import { moduleNames } from './module-name.js';
import { moduleStorage, replicaHealth } from './roll-call.js';
import { nodeState, taskState } from './state.js';
import {
  count,
  keyId,
  modelId,
  nodeId,
  pageOf,
  positiveInt,
  reason,
  taskId,
  text,
  timestamp,
} from './value.js';

/** What an operator sees and does: REST bodies and the events of the socket's namespace `/admin`. */

/** The body of `POST /admin/login`; the answer is a cookie that scripts cannot read. */
export const loginBody = z.strictObject({ key: text.min(1).max(256) });

const adminView = z.object({ keyId, name: z.string(), expiresAt: timestamp });
/** `GET /admin/me`: whose browser this is; null when nobody is signed in, which is no error. */
export const whoView = z.object({ admin: adminView.nullable() });
export type AdminView = z.infer<typeof adminView>;

/** `POST /v1/nodes/:id/actions`: what an operator may do with a node. Each is an event that names who did it, and why. */
export const nodeAction = z.enum(['drain', 'retire', 'quarantine', 'retest']);
export type NodeAction = z.infer<typeof nodeAction>;
export const nodeActionBody = z.strictObject({ action: nodeAction, reason: text.min(1).max(256) });

/**
 * Newest first. `?module=&entity=&entityId=&to=&code=&subject=&before=<ISO time>&cursor=&limit=`. A page may have fewer events
 * than asked for, or none, and yet a `nextCursor`: go on with it.
 */
export const eventPage = pageOf(eventView).extend({
  /** Modules that did not answer: what they said is not here. */
  missing: z.array(z.enum(moduleNames)),
});
export type EventPage = z.infer<typeof eventPage>;

const percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });

/** `GET /v1/overview?minutes=60`: the network in figures, of the latest so many minutes (5 to 10,080). */
export const overviewView = z.object({
  from: timestamp,
  to: timestamp,
  nodes: z.partialRecord(nodeState, count),
  /** Of users, now: in each state that is not their end. */
  tasks: z.partialRecord(taskState, count),
  /** Users' tasks that ended in this time. */
  ended: z.object({ finalised: count, failed: count, cancelled: count, expired: count }),
  /** Completion tokens of these tasks, and these tasks, over the whole time. */
  tokensPerSecond: z.number(),
  tasksPerSecond: z.number(),
  /** Of user tasks that ended FINALISED, FAILED or EXPIRED: how many FINALISED, 0 to 1; null: none ended. */
  successRate: z.number().nullable(),
  /**
   * Milliseconds from the submission to the first frame that was shown, and to the first offer to a miner; null: nothing
   * was measured.
   */
  ttftMs: percentiles.nullable(),
  queueWaitMs: percentiles.nullable(),
  /** The same figures over time, oldest first, `bucketSeconds` each. */
  bucketSeconds: positiveInt,
  series: z.array(
    z.object({
      at: timestamp,
      tasks: count,
      failed: count,
      tokens: count,
      ttftP50Ms: z.number().nullable(),
      ttftP95Ms: z.number().nullable(),
      queueWaitP95Ms: z.number().nullable(),
    }),
  ),
  /** The latest tasks that did not succeed, newest first. */
  failures: z.array(
    z.object({ taskId, model: modelId, nodeId: nodeId.nullable(), reason: reason.nullable(), at: timestamp }),
  ),
});
export type OverviewView = z.infer<typeof overviewView>;

/** `GET /v1/health`: every part of the network as the asked router sees it. */
export const healthView = z.object({
  at: timestamp,
  services: z.array(
    z.object({
      module: z.enum(moduleNames),
      /** Those that answered within a second. */
      replicas: z.array(replicaHealth),
      /** Null: it has no tables, or none of its replicas could read them. */
      outbox: moduleStorage.shape.outbox.nullable(),
      databaseBytes: moduleStorage.shape.databaseBytes.nullable(),
    }),
  ),
  streams: z.array(
    z.object({
      name: z.string(),
      messages: count,
      bytes: count,
      consumers: z.array(z.object({ name: z.string(), pending: count, unacknowledged: count })),
    }),
  ),
});
export type HealthView = z.infer<typeof healthView>;

/** The socket.io namespace of operators; the cookie of their browser authenticates, or `auth.key` of the handshake. */
export const adminNamespace = '/admin';
/** The event that carries `adminEvents`. */
export const adminEventName = 'events';

/** On `/admin`, from the router: what happened since the last batch, oldest first; at most one batch each 100 ms. */
export const adminEvents = z.object({
  events: z.array(eventView),
  /** Left out because there were too many. */ skipped: count,
});
export type AdminEvents = z.infer<typeof adminEvents>;
