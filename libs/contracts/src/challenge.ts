import { z } from 'zod';
import { text } from './value.js';

/** A question whose one right answer a model is known to give greedily. */
export const challenge = z.strictObject({
  prompt: text.min(1).max(20_000),
  answer: text.min(1).max(20_000),
  maxTokens: z.int().min(1).max(4_096),
});
export type Challenge = z.infer<typeof challenge>;
