import { z } from 'zod';
import { event, nodeRequest, request } from './message.js';
import { count, nodeId, page, pageOf, taskId, timestamp } from './value.js';

export const phases = [
  'request',
  'create',
  'prepare',
  'start',
  'precommit',
  'commit',
  'end',
  'correctness',
  'ping',
] as const;
export const phase = z.enum(phases);
export type Phase = z.infer<typeof phase>;

export const phaseCount = z.object({ phase, total: count, succeeded: count, points: z.number() });

export const scoreView = z.object({
  nodeId,
  /** 0 to 1: the Wilson lower bound of correctness, weighed with availability. */
  score: z.number(),
  successRate: z.number().nullable(),
  phases: z.array(phaseCount),
  tasks: z.object({ accepted: count, rejected: count, lost: count, completionTokens: count }),
  /** What the node says of itself beside what the oracle saw; only the latter scores. */
  measured: z.object({ ttftMs: z.number().nullable(), tokensPerSecond: z.number().nullable() }),
  updatedAt: timestamp,
});
export type ScoreView = z.infer<typeof scoreView>;

export const reputation = {
  get: request('reputation', 'get', { input: z.strictObject({ nodeId }), output: scoreView }),
  list: request('reputation', 'list', { input: page, output: pageOf(scoreView) }),

  /** A miner's own figures for one attempt: shown, never scored. */
  measured: nodeRequest('reputation', 'measured', {
    input: z.strictObject({
      taskId,
      attempt: z.int().positive(),
      ttftMs: z.number().nonnegative().nullable(),
      tokensPerSecond: z.number().nonnegative().nullable(),
      promptTokens: count,
      completionTokens: count,
    }),
    output: z.object({ noted: z.literal(true) }),
  }),

  scoreChanged: event('reputation', 'score-changed', z.object({ nodeId, score: z.number(), at: timestamp })),
};
