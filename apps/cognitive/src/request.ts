import { randomBytes } from 'node:crypto';
import type { Challenge, FrozenRequest, Sampling, TaskSubmitted } from '@ganglion/contracts';
import type { Companion } from '@ganglion/database/cognitive';

/**
 * The challenge as a frozen request: greedy, so that the expected answer is the only one. What makes no difference to a
 * greedy answer is as users' tasks have it.
 */
export const freeze = (
  { prompt, maxTokens }: Challenge,
  model: { id: string; digest: string },
  { topP, topK, minP }: Pick<Sampling, 'topP' | 'topK' | 'minP'>,
): FrozenRequest => ({
  model: model.id,
  modelDigest: model.digest,
  prompt: { messages: [{ role: 'user', content: prompt }] },
  choices: 1,
  sampling: {
    temperature: 0,
    topP,
    topK,
    minP,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
    // 53 bits, as the router draws them.
    seed: Number(randomBytes(8).readBigUInt64BE() >> 11n),
    maxTokens,
    stop: [],
  },
  salt: randomBytes(32).toString('hex'),
});

/** What the tasks of a round have in common. */
export interface Envelope {
  readonly request: FrozenRequest;
  readonly createdAt: Date;
  readonly lifetimeMs: number;
  readonly redundancy: number;
  /** So many tasks of tests the node has at once. */
  readonly testsAtOnce?: number;
  /** The answer is asked for when all participants have bound themselves. */
  readonly holdReveal?: boolean;
}

/** A participant's task in the envelope of every task; the same for every repetition, so that enqueueing is idempotent. */
export const taskOf = (
  { taskId, nodeId }: { taskId: string; nodeId: string },
  { request, createdAt, lifetimeMs, redundancy, testsAtOnce, holdReveal = true }: Envelope,
): TaskSubmitted => ({
  taskId,
  sessionId: null,
  owner: null,
  nodeId,
  holdReveal,
  ...(testsAtOnce === undefined ? {} : { testsAtOnce }),
  redundancy,
  verify: 'after',
  request,
  submittedAt: createdAt.toISOString(),
  expiresAt: new Date(createdAt.getTime() + lifetimeMs).toISOString(),
});

/** A task beside a participant's own, so that it has so many at once. */
export const companionTaskOf = (
  { taskId, nodeId, request, submittedAt, lifetimeMs, redundancy }: Companion,
  testsAtOnce: number,
): TaskSubmitted =>
  taskOf(
    { taskId, nodeId },
    {
      request: request as FrozenRequest,
      createdAt: submittedAt,
      lifetimeMs,
      redundancy,
      testsAtOnce,
      holdReveal: false,
    },
  );
