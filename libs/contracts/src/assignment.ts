import { z } from 'zod';
import { count, nodeId, text, timestamp } from './value.js';

export const assignedNode = z.strictObject({
  nodeId,
  slots: z.int().min(1).max(64),
  /** Answers of nodes of one class are equal, bit by bit; of different classes they need not be. */
  determinismClass: text.min(1).max(128),
  /** Verified decode speed in tokens per second; the queue goes on measuring it. */
  tokensPerSecond: z.number().positive(),
});

export const assignmentLoad = z.object({
  nodeId,
  since: timestamp,
  tasksDone: count,
  inFlight: count,
  /** Milliseconds since it last had work. */
  idleMs: count,
  ending: z.boolean(),
});
