import { z } from 'zod';
import { event, request } from './message.js';
import { challenge } from './node-pool.js';
import { roundState, transition } from './state.js';
import {
  count,
  hash,
  modelId,
  nodeId,
  pageByUuid,
  pageOf,
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
  measured: measurement,
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
  participants: z.array(nodeId),
  verdicts: z.array(verdict),
  createdAt: timestamp,
  endedAt: timestamp.nullable(),
  history: z.array(transition),
});
export type RoundView = z.infer<typeof roundView>;

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
        }),
      ),
      probe: z.array(nodeId),
    }),
  }),
  /** Opens a round with a challenge the oracle made; the answer names the task of each participant, to be timed. */
  open: request('cognitive', 'open', {
    input: z.strictObject({
      epoch,
      oracleId: text.max(64),
      modelDigest: hash,
      model: modelId,
      nodeIds: z.array(nodeId).min(1).max(64),
      challenge,
    }),
    output: z.object({ round: roundView, tasks: z.array(z.object({ nodeId, taskId })) }),
  }),
  /** Timing of one participant's task as seen from the oracle's side. */
  timed: request('cognitive', 'timed', {
    input: z.strictObject({ epoch, taskId, nodeId, measured: measurement }),
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

  verdictGiven: event('cognitive', 'verdict-given', verdict),
  nodeProbed: event(
    'cognitive',
    'node-probed',
    z.object({ nodeId, rttMs: z.number().nullable(), at: timestamp }),
  ),
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
};
