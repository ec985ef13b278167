import { z } from 'zod';
import { answerVerdict, finishReason, positionLogprobs, token } from './inference.js';
import { hash, nodeId, reason, signature, taskId } from './value.js';

/** A piece of an answer as its miner streams it, on `tok.<nodeId>.<taskId>`. */
export const frame = z.strictObject({
  attempt: z.int().positive().max(65_535),
  choice: z.int().nonnegative().max(65_535),
  /** Absolute index of the first token, from 1. */
  from: z.int().positive(),
  tokens: z.array(token).max(4_096),
  /** Of each of the tokens, where the request asks for them. */
  logprobs: z.array(positionLogprobs).max(4_096).optional(),
  /** The chain's link after the last token. */
  link: hash,
  finish: finishReason.optional(),
  signature: signature.optional(),
});
export type Frame = z.infer<typeof frame>;

/** What the queue says about a task to whoever relays it, on `tok.queue.<taskId>`. */
export const controlRecord = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('position'),
    position: z.int().nonnegative(),
    etaMs: z.number().nullable(),
  }),
  z.strictObject({
    type: z.literal('granted'),
    attempt: z.int().positive(),
    nodeId,
    /** Per choice: the first index to come and the head it continues from. */
    choices: z.array(z.strictObject({ choice: z.int().nonnegative(), from: z.int().positive(), head: hash })),
  }),
  z.strictObject({ type: z.literal('fenced'), attempt: z.int().positive(), nodeId, reason }),
  z.strictObject({
    type: z.literal('finalised'),
    taskId,
    state: z.enum(['FINALISED', 'CANCELLED']),
    verdict: answerVerdict,
    choices: z.array(
      z.strictObject({
        choice: z.int().nonnegative(),
        count: z.int().nonnegative(),
        head: hash,
        finish: finishReason,
      }),
    ),
    promptTokens: z.int().nonnegative(),
    completionTokens: z.int().nonnegative(),
    receiptId: taskId.nullable(),
  }),
  z.strictObject({
    type: z.literal('failed'),
    taskId,
    state: z.enum(['FAILED', 'EXPIRED', 'CANCELLED']),
    reason,
  }),
]);
export type ControlRecord = z.infer<typeof controlRecord>;

/** Frames of one miner for one task. */
export const frameSubject = (node: string, task: string): string => `tok.${node}.${task}`;
/** The queue's control records for one task: no node can be named `queue`, so no miner can forge one. */
export const controlSubject = (task: string): string => `tok.queue.${task}`;
/** Frames and control records of one task, whoever sends them. */
export const taskFeed = (task: string): string => `tok.*.${task}`;
