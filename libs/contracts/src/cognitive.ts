import { z } from 'zod';
import { auditOutcome, drawView, epochView, scores } from './audit.js';
import { challenge } from './challenge.js';
import { eventSearch } from './event-log.js';
import { event, nodeRequest, request } from './message.js';
import { challengeKind, creation, preparation, roleEnding } from './round.js';
import { roundState, transition } from './state.js';
import {
  count,
  hash,
  modelId,
  nodeId,
  pageByUuid,
  pageOf,
  positiveInt,
  reason,
  smallCount,
  taskId,
  text,
  timestamp,
  uuid,
} from './value.js';

/** What a test measured of one node; times as the oracle saw them. */
export const measurement = z.object({
  ttftMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  durationMs: z.number().nullable(),
});

/** When a task was at work, in epoch ms of the oracle's clock; null = not seen. */
export const workSpan = z.strictObject({
  /** When the node had it. */
  from: z.number(),
  /** Its first tokens. */
  first: z.number().nullable(),
  end: z.number().nullable(),
});
export type WorkSpan = z.infer<typeof workSpan>;

/** What a test with several requests at once has shown. */
export const concurrency = z.object({
  /** Requests that the node was given at once. */
  asked: positiveInt,
  /** The most that it was seen to work on at the same time. */
  seen: count,
  /** One had to wait until another had ended. */
  waited: z.boolean(),
});
export type Concurrency = z.infer<typeof concurrency>;

export const verdict = z.object({
  roundId: uuid,
  nodeId,
  taskId,
  passed: z.boolean(),
  reason,
  phases: z.object({
    start: z.boolean(),
    precommit: z.boolean(),
    commit: z.boolean(),
    correctness: z.boolean(),
  }),
  /** Null throughout for a node that was serving: users' tasks took their part of its time. */
  measured: measurement,
  /** Tokens of the test's prompt, by the validated answer. */
  promptTokens: count.optional(),
  /** It was at work for a session meanwhile: being late was no fault. */
  serving: z.literal(true).optional(),
  /** It had several requests at once. */
  concurrency: concurrency.optional(),
  at: timestamp,
});
export type Verdict = z.infer<typeof verdict>;

export const roundView = z.object({
  roundId: uuid,
  state: roundState,
  reason: reason.nullable(),
  model: modelId,
  modelDigest: hash,
  epoch: count,
  creator: z.string(),
  preparer: z.string(),
  kind: challengeKind.optional(),
  /** Of its participants, where nodes have the roles; null: the oracle has them, and its answers hold for every class. */
  determinismClass: z.string().nullable().optional(),
  /** Nodes that had a role in it and have it no more, in the order of their endings. */
  roles: z.array(roleEnding.omit({ roundId: true })).optional(),
  participants: z.array(nodeId),
  verdicts: z.array(verdict),
  createdAt: timestamp,
  endedAt: timestamp.nullable(),
  history: z.array(transition),
});
export type RoundView = z.infer<typeof roundView>;

/** A number of an epoch, as text: cursors are. */
const epochCursor = z.string().regex(/^[1-9]\d{0,8}$/, 'must be the number of an epoch');

/** What the leading oracle must be able to check: an old leader is refused as `STALE`. */
const epoch = smallCount;

export const cognitive = {
  /** The clock's turn: sweeps rounds by their deadlines, and says which nodes wait for a test and whom to probe. */
  tick: request('cognitive', 'tick', {
    input: z.strictObject({ epoch, oracleId: text.max(64) }),
    output: z.object({
      due: z.array(
        z.object({
          modelDigest: hash,
          model: modelId,
          nodeIds: z.array(nodeId),
          challenges: z.array(challenge),
          /** They are at work for a session meanwhile: each has a round of its own. */
          serving: z.boolean().optional(),
        }),
      ),
      probe: z.array(nodeId),
    }),
  }),
  /**
   * Opens a round; the challenge is used where no nodes make one. The answer names the task of each participant, to be
   * timed, and those that it has beside it: nodes that are left out stay due.
   */
  open: request('cognitive', 'open', {
    input: z.strictObject({
      epoch,
      oracleId: text.max(64),
      modelDigest: hash,
      model: modelId,
      nodeIds: z.array(nodeId).min(1).max(64),
      challenge,
      serving: z.boolean().optional(),
    }),
    output: z.object({ round: roundView, tasks: z.array(z.object({ nodeId, taskId })) }),
  }),
  /** Timing of one task of a participant as seen from the oracle's side. */
  timed: request('cognitive', 'timed', {
    input: z.strictObject({ epoch, taskId, nodeId, measured: measurement, span: workSpan.optional() }),
    output: z.object({}),
  }),
  /** Round trips of probes as seen from the oracle's side; null = no answer. */
  probed: request('cognitive', 'probed', {
    input: z.strictObject({
      epoch,
      probes: z.array(z.object({ nodeId, rttMs: z.number().nullable() })).max(500),
    }),
    output: z.object({}),
  }),
  get: request('cognitive', 'get', { input: z.strictObject({ roundId: uuid }), output: roundView }),
  list: request('cognitive', 'list', { input: pageByUuid, output: pageOf(roundView) }),
  /** What happened in this module, the newest first. */
  events: request('cognitive', 'events', eventSearch),

  /** The epochs of audits, the newest first; `cursor` is the last number of the page before. */
  epochs: request('cognitive', 'epochs', {
    input: z.strictObject({ cursor: epochCursor.optional(), limit: z.int().min(1).max(200).default(50) }),
    output: pageOf(epochView),
  }),
  /** Everything that was heard in an epoch, in the order of hearing. `CONFLICT` until the epoch is closed. */
  draws: request('cognitive', 'draws', {
    input: pageByUuid.extend({ epoch: positiveInt }).strict(),
    output: pageOf(drawView).extend({ epoch: epochView }),
  }),
  /** A verifier's scores, or why it has none. */
  scored: nodeRequest('cognitive', 'scored', {
    input: z.strictObject({ auditId: uuid, scores: scores.nullable(), problem: reason.nullable() }),
    output: z.object({ noted: z.literal(true) }),
  }),

  /** The creator's request and its hash of the answer, or why there are none. */
  created: nodeRequest('cognitive', 'created', {
    input: creation,
    output: z.object({ noted: z.literal(true) }),
  }),
  /** The preparer's hash of the answer, or why there is none. */
  prepared: nodeRequest('cognitive', 'prepared', {
    input: preparation,
    output: z.object({ noted: z.literal(true) }),
  }),

  verdictGiven: event('cognitive', 'verdict-given', verdict),
  nodeProbed: event(
    'cognitive',
    'node-probed',
    z.object({ nodeId, rttMs: z.number().nullable(), at: timestamp }),
  ),
  /** What a node that made or prepared a test did of it; an excused one is not counted. */
  roleEnded: event('cognitive', 'role-ended', roleEnding),
  roundEnded: event(
    'cognitive',
    'round-ended',
    z.object({
      roundId: uuid,
      state: roundState,
      participants: z.array(nodeId),
      passed: count,
      version: count,
      at: timestamp,
    }),
  ),
  /** An epoch of audits was announced, before it starts. */
  epochOpened: event(
    'cognitive',
    'epoch-opened',
    epochView.pick({ epoch: true, seedHash: true, baseRate: true, startsAt: true, endsAt: true }).extend({
      at: timestamp,
    }),
  ),
  /** It is over, its audits have ended, and its seed is revealed. */
  epochClosed: event(
    'cognitive',
    'epoch-closed',
    z.object({ epoch: positiveInt, seedHash: hash, seed: hash, audits: count, at: timestamp }),
  ),
  /** Two verifiers of one determinism class said of an answer what the third of it did not: their scores can only be equal. */
  verifierOutvoted: event(
    'cognitive',
    'verifier-outvoted',
    z.object({ auditId: uuid, nodeId, reason, at: timestamp }),
  ),
  /** An answer was audited; only `failed` speaks against its node. */
  auditEnded: event(
    'cognitive',
    'audit-ended',
    z.object({
      auditId: uuid,
      nodeId,
      taskId,
      attempt: positiveInt,
      outcome: auditOutcome,
      reasons: z.array(reason),
      at: timestamp,
    }),
  ),
};
