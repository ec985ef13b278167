import { z } from 'zod';
import { chatMessage, frozenRequest, sampling } from './inference.js';
import { nodeState } from './state.js';
import { hash, modelId, nodeId, positiveInt, reason, signature, timestamp, uuid } from './value.js';

/** Who makes a test's challenge, and who computes its answer a second time. */
export const roundRole = z.enum(['creator', 'preparer']);
export type RoundRole = z.infer<typeof roundRole>;

/** What a test looks at (docs/rounds.md). */
export const challengeKind = z.enum([
  'known-answer',
  'repeat',
  'long-prefill',
  'sustained-decode',
  'concurrent',
]);
export type ChallengeKind = z.infer<typeof challengeKind>;

/** Stop sequences that are so common that they tell nothing of who asks: those of tests are some of these. */
export const commonStops = [
  '\n',
  '\n\n',
  '###',
  '---',
  '```',
  'User:',
  'Human:',
  'Assistant:',
  'Q:',
  'Question:',
  'Observation:',
  'END',
  '</s>',
  '<|im_end|>',
  '<|eot_id|>',
  '<|endoftext|>',
] as const;

/** How a request looks, without a word of its text. */
export const requestShape = z.strictObject({
  messages: z
    .array(z.strictObject({ role: chatMessage.shape.role, characters: z.int().nonnegative().max(400_000) }))
    .min(1)
    .max(1_000),
  choices: frozenRequest.shape.choices,
  stops: z.array(z.enum(commonStops)).max(4),
  sampling: sampling.omit({ seed: true, stop: true, logitBias: true, format: true }),
  logprobs: frozenRequest.shape.logprobs,
});
export type RequestShape = z.infer<typeof requestShape>;

/** A task as its miner sees it, without its text and its ids. */
export const taskShape = z.object({
  request: requestShape,
  /** From submittedAt to expiresAt. */
  lifetimeMs: positiveInt,
  redundancy: z.int().min(1).max(5),
});
export type TaskShape = z.infer<typeof taskShape>;

/** The creator's job: the seed decides the question, so that it cannot choose one that its friends know. */
export const createJob = z.strictObject({
  roundId: uuid,
  /** Drawn for this job alone: what was signed for another one is refused. */
  seed: hash,
  kind: challengeKind,
  model: modelId,
  modelDigest: hash,
  shape: requestShape,
  /** Nobody waits for it after this. */
  expiresAt: timestamp,
});
export type CreateJob = z.infer<typeof createJob>;

/** The preparer's job: compute the answer to a request that another node has made. */
export const prepareJob = z.strictObject({
  roundId: uuid,
  seed: hash,
  request: frozenRequest,
  expiresAt: timestamp,
});
export type PrepareJob = z.infer<typeof prepareJob>;

/**
 * What whoever has a role hands in. The answer stays where it was computed: `reference` is its `referenceDigest`, bound
 * by the signature to the round, the seed and the request.
 */
const bound = z.strictObject({ reference: hash, signature });
/** The request with the answer's hash; or why there is none. */
export const creation = z.strictObject({
  roundId: uuid,
  made: bound.extend({ request: frozenRequest }).nullable(),
  problem: reason.nullable(),
});
export const preparation = z.strictObject({
  roundId: uuid,
  made: bound.nullable(),
  problem: reason.nullable(),
});

/** `excused`: it had the role, and what came of it was not its doing. */
export const roleOutcome = z.enum(['passed', 'failed', 'excused']);
export type RoleOutcome = z.infer<typeof roleOutcome>;

/** A node's time in a role is over. */
export const roleEnding = z.object({
  roundId: uuid,
  nodeId,
  role: roundRole,
  outcome: roleOutcome,
  reason,
  at: timestamp,
});
export type RoleEnding = z.infer<typeof roleEnding>;

/** Who could make a test for these nodes. */
export const examinerSearch = {
  input: z.strictObject({
    modelDigest: hash,
    /** Those that are to be tested. */
    nodeIds: z.array(nodeId).min(1).max(64),
    limit: z.int().min(1).max(500),
  }),
  output: z.object({
    contextLength: positiveInt,
    participants: z.array(z.object({ nodeId, determinismClass: z.string(), slots: positiveInt })),
    /** Tested nodes of the network with the model, none of the participants. */
    examiners: z.array(
      z.object({
        nodeId,
        determinismClass: z.string(),
        state: nodeState,
        level: z.int().min(0).max(10),
      }),
    ),
  }),
};
