import { GanglionError } from '@ganglion/sdk';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { meKey } from './session.js';

const TRIES = 2;

/** Repeating helps when the network did not answer, not when it refused. */
const isWorthRepeating = (tries: number, error: Error): boolean =>
  tries < TRIES && error instanceof GanglionError && (error.status === 0 || error.status >= 500);

/** Whatever is refused for want of a cookie sends to the login page: the shell looks at `me`. */
const onError = (error: Error): void => {
  if (error instanceof GanglionError && error.status === 401) queryClient.setQueryData(meKey, null);
};

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  defaultOptions: {
    queries: { retry: isWorthRepeating, retryDelay: 1_000, staleTime: 5_000, refetchOnWindowFocus: true },
  },
});
