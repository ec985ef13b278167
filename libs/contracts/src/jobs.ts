import { z } from 'zod';
import { scoreJob } from './audit.js';
import { resumeFrom, taskSubmitted } from './inference.js';
import { job } from './message.js';
import { createJob, prepareJob } from './round.js';
import { hash, modelId, positiveInt, reason, taskId, timestamp } from './value.js';

/** The submitted task as its miner receives it. */
export const inferJob = taskSubmitted
  .omit({ sessionId: true, owner: true, nodeId: true, holdReveal: true, testsAtOnce: true })
  .extend({
    attempt: positiveInt.max(65_535),
    /** Replicas stay silent until all have precommitted. */
    silent: z.boolean(),
    resumeFrom: resumeFrom.optional(),
  });
export type InferJob = z.infer<typeof inferJob>;

/** Orders to one miner. Each is answered within a second; the work itself comes back on `tok.*` and `node.*`. */
export const jobs = {
  /** Accepted, or a fault: `BUSY` (another miner, please), `INVALID` (the request itself cannot run). */
  infer: job('infer', { input: inferJob, output: z.object({ accepted: z.literal(true) }) }),
  cancel: job('cancel', {
    input: z.strictObject({ taskId, attempt: positiveInt, reason }),
    output: z.object({ cancelled: z.boolean() }),
  }),
  /** The queue has what it needs: send the data. Idempotent. */
  reveal: job('reveal', {
    input: z.strictObject({ taskId, attempt: positiveInt }),
    output: z.object({ accepted: z.literal(true) }),
  }),
  /** Score what another node says it computed; the scores come on `node.<id>.cognitive.scored`. Refused as `infer`. */
  score: job('score', { input: scoreJob, output: z.object({ accepted: z.literal(true) }) }),
  /** Make a test's request from the seed, and compute its answer; comes on `node.<id>.cognitive.created`. Refused as `infer`. */
  create: job('create', { input: createJob, output: z.object({ accepted: z.literal(true) }) }),
  /** Compute the answer to a test's request; comes on `node.<id>.cognitive.prepared`. Refused as `infer`. */
  prepare: job('prepare', { input: prepareJob, output: z.object({ accepted: z.literal(true) }) }),
  /**
   * Load another of the models that it declared, in place of its own, and join again with it; or with the old one if that
   * cannot be. `BUSY` while it computes something, `NOT_FOUND` when it may not load it.
   */
  load: job('load', {
    input: z.strictObject({ model: modelId, modelDigest: hash }),
    output: z.object({ accepted: z.literal(true) }),
  }),
  probe: job('probe', {
    input: z.strictObject({ at: timestamp }),
    output: z.object({ at: timestamp, busySlots: z.int().nonnegative() }),
  }),
};
