import type { transition } from '@ganglion/contracts';
import type { z } from 'zod';

/** Any module's client, or a transaction of it. */
export interface EventReader {
  // Every generated client has argument types of its own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  event: { findMany(args: any): PromiseLike<any[]> };
}

interface Entered {
  to: string;
  at: Date;
  reason: { code?: unknown; message?: unknown } | null;
}

/**
 * Every state that a thing entered, in order.
 * @returns state, ISO 8601 time and, where there is one, the reason as `CODE: sentence`.
 */
export async function history(
  client: EventReader,
  entity: string,
  entityId: string,
): Promise<z.infer<typeof transition>[]> {
  const rows: Entered[] = await client.event.findMany({
    where: { entity, entityId, version: { not: null } },
    orderBy: { version: 'asc' },
    select: { to: true, at: true, reason: true },
  });
  return rows.map(({ to, at, reason }) => ({
    state: to,
    at: at.toISOString(),
    reason: reason ? `${String(reason.code)}: ${String(reason.message)}` : null,
  }));
}
