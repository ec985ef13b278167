import { z } from 'zod';
import { count, keyId, pageOf, positiveInt, timestamp } from './value.js';

/** What an API key may be used for. */
export const scope = z.enum(['inference', 'admin']);

/** What one key may use; null: without limit. */
export const keyLimits = z.strictObject({
  requestsPerMinute: positiveInt.nullable(),
  /** Tasks that have not ended. */
  concurrentTasks: positiveInt.nullable(),
  /** Prompt and completion together, by the day in UTC. */
  tokensPerDay: positiveInt.nullable(),
});
export type KeyLimits = z.infer<typeof keyLimits>;
export const noLimits: KeyLimits = { requestsPerMinute: null, concurrentTasks: null, tokensPerDay: null };

/** `GET /v1/keys`: an API key without its text. */
export const keyView = z.object({
  keyId,
  name: z.string(),
  scopes: z.array(scope),
  limits: keyLimits,
  createdAt: timestamp,
  revokedAt: timestamp.nullable(),
  usage: z.object({ tasks: count, promptTokens: count, completionTokens: count }),
});
export type KeyView = z.infer<typeof keyView>;
export const keyPage = pageOf(keyView);

/** `GET /v1/usage/days?from=2026-11-01&to=2026-11-30`: what was used, by key and day in UTC. */
export const usageDays = z.object({
  items: z.array(
    z.object({
      day: z.iso.date(),
      /** Null: used by a key that is gone. */
      keyId: keyId.nullable(),
      tasks: count,
      promptTokens: count,
      completionTokens: count,
    }),
  ),
});
export type UsageDays = z.infer<typeof usageDays>;
