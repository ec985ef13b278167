import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { usePolling } from '../live/live.js';
import { mergeHead } from './merge-head.js';

interface PageOf<Row> {
  readonly items: Row[];
  readonly nextCursor: string | null;
}

interface GrowingList<Row> {
  /** The first word of its key: what events touch. */
  readonly name: string;
  readonly filter: Readonly<Record<string, string | null>>;
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<Row>>;
  readonly idOf: (row: Row) => string;
}

/**
 * A long list, newest first. Its head is read again when events touch it; older pages are read once, as far as somebody
 * scrolls: in a list of ten thousand only the head is asked for again and again.
 */
export const useGrowingList = <Row>({ name, filter, read, idOf }: GrowingList<Row>) => {
  const queries = useQueryClient();
  const filterKey = JSON.stringify(filter);
  const head = useQuery({
    queryKey: [name, filterKey],
    queryFn: ({ signal }) => read(undefined, signal),
    refetchInterval: usePolling(),
  });
  const olderKey = useMemo(() => ['older', name, filterKey], [name, filterKey]);
  const older = useInfiniteQuery({
    queryKey: olderKey,
    queryFn: ({ signal, pageParam }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Infinity,
    refetchOnReconnect: false,
  });
  const { rows, hasGap } = useMemo(
    () => mergeHead(head.data?.items ?? [], older.data?.pages.flatMap(({ items }) => items) ?? [], idOf),
    [head.data, older.data, idOf],
  );
  useEffect(() => {
    if (hasGap) void queries.resetQueries({ queryKey: olderKey });
  }, [hasGap, queries, olderKey]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = older;
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const data = head.data ? rows : undefined;
  return { data, error: head.error ?? older.error, refetch: head.refetch, readMore, hasMore: hasNextPage };
};
