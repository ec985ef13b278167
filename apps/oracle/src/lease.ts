import { z } from 'zod';

/** What the bucket holds: who leads, and until when (epoch ms) unless it renews. */
const lease = z.object({ oracleId: z.string(), until: z.number() });
export type Lease = z.infer<typeof lease>;

/** How often a leader renews. */
export const RENEW_EVERY_MS = 1_000;
/** A lease that was not renewed for this long is free: with the standby's polling, a dead leader is replaced within 3 s. */
export const LEASE_MS = 2_500;
/** How often a standby looks, and a leader checks whether it is time to renew. */
export const LOOK_EVERY_MS = 250;

/** The entry's value, or null for one that was deleted or is not a lease: both are free to take. */
export const parseLease = (text: string): Lease | null => {
  try {
    return lease.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

/** May this lease be taken by another now? */
export const isFree = (value: Lease | null, now: number): boolean => value === null || value.until <= now;

/** Is it time for the holder to renew? */
export const isDueForRenewal = (until: number, now: number): boolean =>
  now >= until - LEASE_MS + RENEW_EVERY_MS;

/**
 * The epoch of a leader that took the lease at `revision`. Revisions only grow, so they order the leaders; `floor`
 * is the highest epoch that was ever refused to us, and matters only after the broker lost its bucket and counts
 * revisions from 1 again.
 */
export const epochOf = (revision: number, floor: number): number => Math.max(revision, floor + 1);
