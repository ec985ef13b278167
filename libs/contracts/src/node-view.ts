import { z } from 'zod';
import { nodeState } from './state.js';
import { count, hash, modelId, nodeId, positiveInt, reason, timestamp, uuid } from './value.js';

/** What a node says of itself: shown, never believed. */
const declaredSpecs = z.object({
  cpu: z.string(),
  cores: positiveInt,
  memoryBytes: count,
  /** The processor's instruction set; null: it was not told. */
  isa: z.string().nullable(),
  slots: positiveInt,
  modelDigests: z.array(hash),
});

/** What tests have shown of a node with its present model, as the oracle timed them: medians of the latest. */
const verifiedSpecs = z.object({
  decodeTokensPerSecond: z.number().nullable(),
  /** At least: the time to the first token is also that of the messages. */
  prefillTokensPerSecond: z.number().nullable(),
  ttftMs: z.number().nullable(),
  /** Requests that it was seen to work on at the same time; null: not tested yet. */
  slots: positiveInt.nullable().optional(),
  /** How many tests these are the medians of, and when the latest was. */
  tests: count,
  measuredAt: timestamp,
});

export const nodeView = z.object({
  nodeId,
  state: nodeState,
  reason: reason.nullable(),
  sessionId: uuid.nullable(),
  /** The owner of the token it joined with: a dedicated node serves only that owner. */
  dedicatedTo: z.string().nullable(),
  model: modelId,
  modelDigest: hash,
  determinismClass: z.string(),
  /** Requests that it is given at once: as it declared, or what tests have shown where that is less. */
  slots: positiveInt,
  version: z.string(),
  /** The verified decode speed; null before the first test. */
  tokensPerSecond: z.number().nullable(),
  declared: declaredSpecs.optional(),
  verified: verifiedSpecs.nullable().optional(),
  score: z.number().nullable(),
  /** Of its reputation, 0 to 10. */
  level: z.int().min(0).max(10).optional(),
  lastSeenAt: timestamp.nullable(),
  testedAt: timestamp.nullable(),
  createdAt: timestamp,
});
export type NodeView = z.infer<typeof nodeView>;
