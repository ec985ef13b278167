import { randomBytes } from 'node:crypto';
import type { Challenge, FrozenRequest, TaskSubmitted } from '@ganglion/contracts';

/** The challenge as a frozen request: greedy, so that the expected answer is the only one. `salt` is 32 bytes in hex. */
export const freeze = (
  { prompt, maxTokens }: Challenge,
  model: { id: string; digest: string },
  salt: string = randomBytes(32).toString('hex'),
): FrozenRequest => ({
  model: model.id,
  modelDigest: model.digest,
  prompt: { messages: [{ role: 'user', content: prompt }] },
  choices: 1,
  sampling: {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
    seed: 0,
    maxTokens,
    stop: [],
  },
  salt,
});

/** What the tasks of a round have in common. */
export interface Envelope {
  readonly request: FrozenRequest;
  readonly createdAt: Date;
  readonly lifetimeMs: number;
  readonly redundancy: number;
}

/** A participant's task in the envelope of every task; the same for every repetition, so that enqueueing is idempotent. */
export const taskOf = (
  { taskId, nodeId }: { taskId: string; nodeId: string },
  { request, createdAt, lifetimeMs, redundancy }: Envelope,
): TaskSubmitted => ({
  taskId,
  sessionId: null,
  owner: null,
  nodeId,
  holdReveal: true,
  redundancy,
  verify: 'after',
  request,
  submittedAt: createdAt.toISOString(),
  expiresAt: new Date(createdAt.getTime() + lifetimeMs).toISOString(),
});
