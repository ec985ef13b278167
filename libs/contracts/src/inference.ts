import { z } from 'zod';
import { hash, i32, modelId, nodeId, owner, taskId, text, u32, uuid } from './value.js';

export const chatMessage = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: text.max(400_000),
});

export const prompt = z.union([
  z.strictObject({ messages: z.array(chatMessage).min(1).max(1_000) }),
  z.strictObject({ text: text.max(400_000) }),
]);

/** What an answer's text must be. A schema travels as text, because the order of its properties counts. */
export const responseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({ type: z.literal('json_schema'), schema: text.min(1).max(65_536) }),
]);
export type ResponseFormat = z.infer<typeof responseFormat>;

export const sampling = z.strictObject({
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  /** 0 = off. */
  topK: z.int().min(0).max(1_000_000),
  minP: z.number().min(0).max(1),
  presencePenalty: z.number().min(-2).max(2),
  frequencyPenalty: z.number().min(-2).max(2),
  repetitionPenalty: z.number().gt(0).max(10),
  seed: z.int().nonnegative(),
  maxTokens: z.int().positive().max(1_000_000),
  stop: z.array(text.min(1).max(256)).max(4),
  /** Token id and what is added to its raw logit; ids rise, so that one bias has one spelling. Left out when empty. */
  logitBias: z
    .array(z.tuple([u32, z.number().min(-100).max(100)]))
    .min(1)
    .max(1_024)
    .refine((bias) => bias.every(([id], at) => at === 0 || bias[at - 1]![0] < id), 'ids must rise')
    .optional(),
  /** Any text without it. */
  format: responseFormat.optional(),
});
export type Sampling = z.infer<typeof sampling>;

/**
 * A request with nothing left open: defaults resolved, seed drawn, salted. Its RFC 8785 JSON is what
 * `requestDigest` hashes, so every attempt at a task sees the same bytes.
 */
export const frozenRequest = z.strictObject({
  model: modelId,
  modelDigest: hash,
  prompt,
  choices: z.int().min(1).max(8),
  sampling,
  /** Log-probabilities are asked for: of each token, and of this many of the most likely ones. */
  logprobs: z.int().min(0).max(20).optional(),
  salt: hash,
});
export type FrozenRequest = z.infer<typeof frozenRequest>;

export const finishReason = z.enum(['stop', 'length', 'cancelled', 'content_filter', 'error']);
export type FinishReason = z.infer<typeof finishReason>;

/**
 * What a final answer is worth: `accepted`, or `undecided` when replicas of different determinism classes differ or
 * no replica that was asked for is there to confirm it.
 */
export const answerVerdict = z.enum(['accepted', 'undecided']);
export type AnswerVerdict = z.infer<typeof answerVerdict>;

/** A token and the text it releases: whole UTF-8, possibly empty. */
export const token = z.tuple([u32, text.max(65_536)]);
export type Token = z.infer<typeof token>;

/** top1Id, top1Logit·256, top2Id, top2Logit·256: the two highest raw logits of a position. */
export const evidence = z.tuple([u32, i32, u32, i32]);

/** A token where it stands alone: its text; its bytes where they are no whole characters; its name where it is not text. */
export const tokenName = z.union([
  text.max(4_096),
  z.strictObject({ bytes: z.base64().max(8_192) }),
  z.strictObject({ special: text.max(4_096) }),
]);
export type TokenName = z.infer<typeof tokenName>;

/** Token id, log-probability under the softmax of the raw logits in ten-thousandths, name. */
export const logprob = z.tuple([u32, z.int().min(-99_990_000).max(0), tokenName]);
export type Logprob = z.infer<typeof logprob>;

/** Of one position: the chosen token first, then the most likely ones, likeliest first; each request's own number. */
export const positionLogprobs = z.array(logprob).min(1).max(21);
export type PositionLogprobs = z.infer<typeof positionLogprobs>;

/** Tokens already accepted from a lost attempt, by choice; the next attempt continues after them. */
export const resumeFrom = z.array(
  z.strictObject({ choice: z.int().nonnegative(), head: hash, tokens: z.array(token) }),
);

/** So long the queue waits for `req.session-queue.reveal` of a task that holds it: longer than a health test may take. */
export const HELD_REVEAL_MS = 80_000;

/** What a task is, to the session that accepts it, the queue that runs it and (without session and owner) the miner. */
export const taskSubmitted = z.strictObject({
  taskId,
  sessionId: uuid.nullable(),
  /** The API key's id; null for the network's own tasks. */
  owner,
  /** Set for the network's own tests: only this node may run it. */
  nodeId: nodeId.nullable(),
  /** The queue waits for `req.session-queue.reveal` before it asks for the data. */
  holdReveal: z.boolean(),
  /** So many tests its node has at once, this one among them; one without it. */
  testsAtOnce: z.int().min(2).max(64).optional(),
  redundancy: z.int().min(1).max(5),
  verify: z.enum(['after', 'before']),
  request: frozenRequest,
  submittedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type TaskSubmitted = z.infer<typeof taskSubmitted>;
