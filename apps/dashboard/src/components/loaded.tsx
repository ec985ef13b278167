import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Problem } from './problem.js';

interface LoadedProps<T> {
  readonly query: {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** Such as "the nodes": what could not be read. */
  readonly what: string;
  /** Height of the place that it will take, in pixels. */
  readonly height?: number;
  readonly children: (data: NonNullable<T>) => ReactNode;
}

/** What a query brought; until then a place for it, or what went wrong. Old data stays under a newer failure. */
export const Loaded = <T,>({ query, what, height = 160, children }: LoadedProps<T>) => {
  const { data, error, refetch } = query;
  return (
    <>
      {error && <Problem what={`Cannot read ${what}`} error={error} onRetry={() => refetch()} />}
      {data != null && children(data)}
      {data == null && !error && (
        <Skeleton height={height} radius="md" role="status" aria-label={`reading ${what}`} />
      )}
    </>
  );
};
