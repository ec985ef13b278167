import { Chain, digestJson, type Sign } from '@ganglion/commitment';
import type { InferJob } from '@ganglion/contracts';
import type { NodeIdentity } from './identity.js';

/** One try of this node at a task, with what its hashes and signatures are made of. */
export interface Attempt {
  readonly job: InferJob;
  readonly nodeId: string;
  readonly requestDigest: string;
  readonly sign: Sign;
}

export const makeAttempt = (job: InferJob, { nodeId, sign }: NodeIdentity): Attempt => ({
  job,
  nodeId,
  requestDigest: digestJson(job.request),
  sign,
});

/** What distinguishes attempts within a node. */
export const attemptKey = ({ taskId, attempt }: { taskId: string; attempt: number }): string =>
  `${taskId}/${attempt}`;

/** Tokens of one choice that were accepted from an earlier attempt. */
export const acceptedPrefix = (
  { job }: Attempt,
  choice: number,
): { head: string; tokens: [number, string][] } | undefined =>
  job.resumeFrom?.find((prefix) => prefix.choice === choice);

/** The chain of one choice, at the place from which this attempt goes on. */
export const startChain = (attempt: Attempt, choice: number): Chain => {
  const { job, nodeId, requestDigest } = attempt;
  const { taskId, request } = job;
  const prefix = acceptedPrefix(attempt, choice);
  const context = {
    taskId,
    attempt: job.attempt,
    choice,
    nodeId,
    modelDigest: request.modelDigest,
    requestDigest,
  };
  return new Chain(context, prefix ? { count: prefix.tokens.length, head: prefix.head } : undefined);
};
