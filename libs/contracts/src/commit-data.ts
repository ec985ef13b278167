import { z } from 'zod';
import { evidence, finishReason, positionLogprobs, token } from './inference.js';
import { count, hash } from './value.js';

/** One choice of a commit: what the precommit hashed. */
const committedChoice = z.strictObject({
  choice: count,
  head: hash,
  count,
  finish: finishReason,
  tokens: z.array(token),
  evidence: z.array(evidence),
  /** Of each token, where the request asks for them. */
  logprobs: z.array(positionLogprobs).optional(),
});

/** What a miner reveals for one attempt. Sent as JSON in parts: see `sessionQueue.commit`. */
export const commitData = z.strictObject({
  promptTokens: count,
  salt: hash,
  choices: z.array(committedChoice).min(1).max(8),
});
export type CommitData = z.infer<typeof commitData>;
