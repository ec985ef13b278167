import type { AdminView } from '@ganglion/contracts';
import { GanglionError } from '@ganglion/sdk';
import { useQuery } from '@tanstack/react-query';
import { ganglion } from './network.js';

export const meKey = ['me'] as const;

const whoAmI = async (signal: AbortSignal): Promise<AdminView | null> => {
  try {
    return await ganglion.admin.me({ signal });
  } catch (error) {
    // The key of this browser's cookie was revoked.
    if (error instanceof GanglionError && error.status === 401) return null;
    throw error;
  }
};

/** Whose browser this is; `data` is null when nobody is signed in. */
export const useMe = () =>
  useQuery({ queryKey: meKey, queryFn: ({ signal }) => whoAmI(signal), staleTime: 60_000 });
