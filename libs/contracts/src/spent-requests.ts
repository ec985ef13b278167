import { z } from 'zod';
import { positiveInt } from './value.js';

/**
 * What a replica of the router has let through of keys with `requestsPerMinute`: the others count it too. Nothing of it
 * is kept, and one that is lost lets a key ask a little more often.
 */
export const spentRequests = {
  subject: 'spent.router',
  payload: z.object({
    /** Whose: a replica hears its own, too. */
    replica: z.string(),
    spent: z.array(z.object({ keyId: z.string(), count: positiveInt, perMinute: positiveInt })),
  }),
} as const;
export type SpentRequests = z.infer<typeof spentRequests.payload>;
