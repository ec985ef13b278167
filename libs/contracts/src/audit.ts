import { z } from 'zod';
import { evidence, frozenRequest } from './inference.js';
import { auditState, nodeState, verificationState } from './state.js';
import { count, hash, modelId, nodeId, positiveInt, reason, taskId, timestamp, u32, uuid } from './value.js';

/** Rates of audits are integers in millionths, scores in thousandths (docs/audits.md). */
const rate = z.int().min(0).max(1_000_000);

/** A span of time in which audits are drawn by one secret seed. */
export const epochView = z.object({
  epoch: positiveInt,
  /** Published before the epoch starts. */
  seedHash: hash,
  /** Of a node with the best score. */
  baseRate: rate,
  announcedAt: timestamp,
  startsAt: timestamp,
  endsAt: timestamp,
  /** Once it is over and its audits have ended; the seed is shown from then on. */
  closedAt: timestamp.nullable(),
  seed: hash.nullable(),
});
export type EpochView = z.infer<typeof epochView>;

const auditView = z.object({
  state: auditState,
  reasons: z.array(reason),
  /** Who was asked to score, and what came of it. */
  verifications: z.array(
    z.object({
      nodeId,
      determinismClass: z.string(),
      state: verificationState,
      reasons: z.array(reason),
      askedAt: timestamp,
      endedAt: timestamp.nullable(),
    }),
  ),
  endedAt: timestamp.nullable(),
});

/** A precommit that was heard in an epoch, and whether it was drawn. */
export const drawView = z.object({
  drawId: uuid,
  taskId,
  attempt: positiveInt,
  nodeId,
  precommit: hash,
  precommittedAt: timestamp,
  /** Of the node when it was drawn; 0 for one that had none. */
  score: z.int().min(0).max(1_000),
  rate,
  /** Null for one that was not drawn. */
  audit: auditView.nullable(),
});
export type DrawView = z.infer<typeof drawView>;

export const auditOutcome = z.enum(['passed', 'failed', 'undecided', 'unverifiable']);
export type AuditOutcome = z.infer<typeof auditOutcome>;

/** The most tokens that one audit looks at, prompt not counted: what is said of them fits into one message. */
export const MOST_SCORED = 16_384;

/** Tokens that somebody says a request gave, to be scored by a node that did not give them. */
export const scoreJob = z.strictObject({
  auditId: uuid,
  request: frozenRequest,
  claims: z
    .array(z.strictObject({ choice: z.int().min(0).max(7), tokens: z.array(u32).min(1).max(MOST_SCORED) }))
    .min(1)
    .max(8),
  /** How far two logits of an honest answer may come apart: the edges of filters are taken as uncertain by so much. */
  slack: z.number().nonnegative(),
  /** Nobody waits for the score after this. */
  expiresAt: z.iso.datetime(),
});
export type ScoreJob = z.infer<typeof scoreJob>;

/** Position within its claim (from 0), and the gap, leniently counted at the edges of filters; null: no chance. */
const gap = z.tuple([count, z.number().nonnegative().nullable()]);

/**
 * What a verifier found, by claim as in its job: every position with a gap above 0, and the evidence of each as far as its
 * context reaches.
 */
export const scores = z.strictObject({
  claims: z
    .array(
      z.strictObject({
        gaps: z.array(gap).max(MOST_SCORED),
        evidence: z.array(evidence).max(MOST_SCORED),
      }),
    )
    .min(1)
    .max(8),
  /** Tokens of the prompt, as the verifier's model counts them. */
  promptTokens: count,
  /** With which the verifier's model ends a text. */
  eosTokenIds: z.array(u32).max(64),
});
export type Scores = z.infer<typeof scores>;

/** Who could check an answer of a node. */
export const verifierSearch = {
  input: z.strictObject({ nodeId, modelDigest: hash, limit: z.int().min(1).max(200) }),
  output: z.object({
    model: z.object({ id: modelId, quantisation: z.string() }),
    /** Of the node itself. */
    determinismClass: z.string(),
    /** What it declared on joining: tokens that a prompt and its answer may have together. Null: it is not known. */
    contextLength: positiveInt.nullable().optional(),
    joinedAt: timestamp.optional(),
    verifiers: z.array(z.object({ nodeId, determinismClass: z.string(), state: nodeState })),
  }),
};
