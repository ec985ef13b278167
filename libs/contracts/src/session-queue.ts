import { z } from 'zod';
import { assignedNode, assignmentLoad } from './assignment.js';
import { eventSearch } from './event-log.js';
import { figuresSearch } from './figures.js';
import { answerVerdict, finishReason, positionLogprobs, taskSubmitted, token } from './inference.js';
import { event, nodeRequest, request } from './message.js';
import { taskShape } from './round.js';
import { attemptState, taskState, transition } from './state.js';
import {
  count,
  hash,
  modelId,
  nodeId,
  owner,
  pageByUuid,
  pageOf,
  positiveInt,
  reason,
  signature,
  taskId,
  text,
  timestamp,
  uuid,
} from './value.js';

export const attemptView = z.object({
  attempt: positiveInt,
  nodeId,
  /** Shows nothing: a replica, or the only try of a task that is verified before it is shown. */
  silent: z.boolean(),
  determinismClass: z.string().nullable(),
  /** What this miner answered, by choice; null when it was not compared with others. */
  answer: z
    .array(z.object({ choice: count, text: z.string(), count, finish: finishReason, head: hash }))
    .nullable(),
  state: attemptState,
  reason: reason.nullable(),
  offeredAt: timestamp,
  endedAt: timestamp.nullable(),
  history: z.array(transition),
});

export const taskView = z.object({
  taskId,
  sessionId: uuid.nullable(),
  owner,
  state: taskState,
  reason: reason.nullable(),
  model: modelId,
  redundancy: positiveInt,
  submittedAt: timestamp,
  endedAt: timestamp.nullable(),
  /** Place in the session's queue, from 1; 0 when it no longer waits. */
  position: count,
  etaMs: z.number().nullable(),
  attempts: z.array(attemptView),
  history: z.array(transition),
  /** Present once FINALISED, or CANCELLED with an accepted part: tokens and texts by choice, from the validated commit. */
  result: z
    .object({
      verdict: answerVerdict,
      choices: z.array(
        z.object({
          choice: count,
          text: z.string(),
          tokens: z.array(token),
          /** Of each token, where the request asks for them. */
          logprobs: z.array(positionLogprobs).optional(),
          finish: finishReason,
          head: hash,
        }),
      ),
      promptTokens: count,
      completionTokens: count,
    })
    .nullable(),
});
export type TaskView = z.infer<typeof taskView>;

const attemptFact = z.object({
  taskId,
  attempt: positiveInt,
  nodeId,
  sessionId: uuid.nullable(),
  at: timestamp,
});
const ended = z.object({
  taskId,
  sessionId: uuid.nullable(),
  owner,
  at: timestamp,
  promptTokens: count,
  completionTokens: count,
});

export const sessionQueue = {
  /** Takes a task in; the same id again answers with the task as it is. */
  enqueue: request('session-queue', 'enqueue', {
    input: taskSubmitted,
    output: z.object({ taskId, state: taskState, position: count }),
  }),
  /** Gives nodes to a session: their slots become available to its tasks. Idempotent. */
  assign: request('session-queue', 'assign', {
    input: z.strictObject({ sessionId: uuid, nodes: z.array(assignedNode).min(1).max(100) }),
    output: z.object({ assigned: z.array(nodeId) }),
  }),
  /** Takes nodes from a session; each leaves when its running attempts have ended (`assignment-ended`). Null: all of them. */
  release: request('session-queue', 'release', {
    input: z.strictObject({ sessionId: uuid, nodeIds: z.array(nodeId).nullable(), reason }),
    output: z.object({ releasing: z.array(nodeId) }),
  }),
  /** What waits and runs in these sessions, and how busy each node is. */
  load: request('session-queue', 'load', {
    input: z.strictObject({ sessionIds: z.array(uuid).max(500) }),
    output: z.object({
      sessions: z.array(
        z.object({
          sessionId: uuid,
          queued: count,
          running: count,
          oldestQueuedMs: count,
          /** The most nodes that one of its tasks wants at once; 0 without tasks. */
          redundancy: count,
          nodes: z.array(assignmentLoad),
        }),
      ),
    }),
  }),
  /** Ends the waiting tasks of a session that takes no more, and on demand the running ones: what they made is committed. */
  drop: request('session-queue', 'drop', {
    input: z.strictObject({ sessionId: uuid, reason, isRunningToo: z.boolean() }),
    output: z.object({ dropped: count }),
  }),
  cancel: request('session-queue', 'cancel', {
    input: z.strictObject({ taskId, reason }),
    output: z.object({ taskId, state: taskState }),
  }),
  /** Lets a task that holds its reveal go on to REVEALING. */
  reveal: request('session-queue', 'reveal', {
    input: z.strictObject({ taskId }),
    output: z.object({ taskId, state: taskState }),
  }),
  get: request('session-queue', 'get', { input: z.strictObject({ taskId }), output: taskView }),
  /** The newest first. */
  list: request('session-queue', 'list', {
    input: pageByUuid.extend({
      owner,
      sessionId: uuid.nullable(),
      state: taskState.optional(),
      /** Only tasks that this node had an attempt at. */
      nodeId: nodeId.optional(),
    }),
    output: pageOf(taskView.omit({ attempts: true, history: true, result: true })),
  }),
  /** The signed receipt (`@ganglion/commitment` knows its shape). */
  receipt: request('session-queue', 'receipt', {
    input: z.strictObject({ taskId }),
    output: z.object({ receipt: z.record(z.string(), z.unknown()) }),
  }),
  /** What users' newest tasks of a model look like, without a word of their text: tests look the same. */
  shapes: request('session-queue', 'shapes', {
    input: z.strictObject({ modelDigest: hash, limit: z.int().min(1).max(500) }),
    output: z.object({ shapes: z.array(taskShape) }),
  }),
  /** Users' tasks in figures: those that wait and run now, and those that ended in a time. */
  figures: request('session-queue', 'figures', figuresSearch),
  /** What happened in this module, the newest first. */
  events: request('session-queue', 'events', eventSearch),
  /** The network's public Ed25519 key that signs receipts, in hex. */
  networkKey: request('session-queue', 'network-key', {
    input: z.strictObject({}),
    output: z.object({ publicKey: hash }),
  }),

  precommit: nodeRequest('session-queue', 'precommit', {
    input: z.strictObject({ taskId, attempt: positiveInt, precommit: hash, signature }),
    output: z.object({ accepted: z.literal(true) }),
  }),
  /**
   * The revealed data in numbered parts: `data` is a slice of the JSON of `commitData`; `digest` is the
   * SHA-256 of the whole JSON in UTF-8. The last missing part triggers validation.
   */
  commit: nodeRequest('session-queue', 'commit', {
    input: z.strictObject({
      taskId,
      attempt: positiveInt,
      part: z.int().min(0).max(63),
      parts: z.int().min(1).max(64),
      digest: hash,
      data: text.max(600_000),
    }),
    output: z.object({ received: z.literal(true) }),
  }),

  taskPrecommitted: event(
    'session-queue',
    'task-precommitted',
    /** The hash itself: audits are drawn by it. Queues of earlier versions do not say it. */
    attemptFact.extend({ precommit: hash.optional() }),
  ),
  taskFinalised: event(
    'session-queue',
    'task-finalised',
    ended.extend({
      /** The miner of the answer first, then those whose answers were compared with it and stand. */
      nodeIds: z.array(nodeId),
      verdict: answerVerdict,
      receipt: z.record(z.string(), z.unknown()).nullable(),
      texts: z.array(z.string()),
    }),
  ),
  taskFailed: event(
    'session-queue',
    'task-failed',
    ended.extend({ state: z.enum(['FAILED', 'EXPIRED']), reason }),
  ),
  taskCancelled: event('session-queue', 'task-cancelled', ended.extend({ reason })),
  attemptAccepted: event(
    'session-queue',
    'attempt-accepted',
    attemptFact.extend({ ttftMs: z.number().nullable(), durationMs: z.number(), completionTokens: count }),
  ),
  attemptRefused: event('session-queue', 'attempt-refused', attemptFact.extend({ reason })),
  attemptRejected: event('session-queue', 'attempt-rejected', attemptFact.extend({ reason })),
  attemptLost: event('session-queue', 'attempt-lost', attemptFact.extend({ reason })),
  /** A node floods, or meddles with a task that is another's: what no attempt of its own tells. */
  nodeMisbehaved: event('session-queue', 'node-misbehaved', z.object({ nodeId, reason, at: timestamp })),
  /** A node left a session: node-pool takes it back for re-test. */
  assignmentEnded: event(
    'session-queue',
    'assignment-ended',
    z.object({ sessionId: uuid, nodeId, reason, at: timestamp }),
  ),
  /** Tasks wait and no slot is free. */
  starved: event(
    'session-queue',
    'starved',
    z.object({ sessionId: uuid, queued: count, nodes: count, at: timestamp }),
  ),
};
