import type { NodeView } from '@ganglion/contracts';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { usePolling } from './live/live.js';
import { ganglion } from './network.js';

/** What pages read. The first word of a key is what events touch (live/touched.ts). */

const PAGE = 200;

/** All pages of a list, one after the other. */
const readAll = async <T>(
  read: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> => {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
};

const nodes = queryOptions({
  queryKey: ['nodes'],
  queryFn: ({ signal }): Promise<readonly NodeView[]> =>
    readAll((cursor) => ganglion.nodes({ limit: PAGE, ...(cursor ? { cursor } : {}) }, { signal })),
});

export const useNodes = () => useQuery({ ...nodes, refetchInterval: usePolling() });

export const useModels = () =>
  useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => ganglion.models({ signal }),
    refetchInterval: usePolling(10_000),
  });

export const useOverview = (minutes: number) =>
  useQuery({
    queryKey: ['overview', String(minutes)],
    queryFn: ({ signal }) => ganglion.admin.overview(minutes, { signal }),
    // Rates fall while nothing happens, and then no event tells it.
    refetchInterval: Math.min(usePolling(), 10_000),
    placeholderData: keepPreviousData,
  });

/** Until it has ended a task is also read by the clock: positions in a queue move without events. */
export const useTask = (taskId: string | null) =>
  useQuery({
    queryKey: ['task', taskId ?? ''],
    queryFn: ({ signal }) => ganglion.tasks.get(taskId ?? '', { signal }),
    enabled: taskId !== null,
    refetchInterval: ({ state: { data } }) => (data?.endedAt == null ? 1_000 : false),
  });

/** The latest tests of nodes, newest first. */
export const useRounds = () =>
  useQuery({
    queryKey: ['rounds'],
    queryFn: async ({ signal }) => (await ganglion.rounds({ limit: PAGE }, { signal })).items,
    refetchInterval: usePolling(),
  });
