import type { DatabaseModule, EventPage, eventSearch, OutputOf } from '@ganglion/contracts';

/** What one module answered; null: nothing. */
export interface ModulePage {
  readonly module: DatabaseModule;
  readonly page: OutputOf<typeof eventSearch> | null;
}

/**
 * Pages of several modules as one, the newest first by the events' ids: UUIDv7 compare as the times they were made at. The
 * page ends where the first of the modules ended that has more; what others told beyond it comes again with the next page.
 */
export const mergeEvents = (answers: readonly ModulePage[], limit: number): EventPage => {
  const pages = answers.flatMap(({ page }) => page ?? []);
  const ends = pages.flatMap(({ nextCursor }) => nextCursor ?? []);
  const end = ends.reduce<string | null>((last, each) => (last === null || each > last ? each : last), null);
  const told = pages
    .flatMap(({ items }) => items)
    .filter(({ id }) => end === null || id >= end)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const items = told.slice(0, limit);
  return {
    items,
    nextCursor: told.length > limit ? (items.at(-1)?.id ?? null) : end,
    missing: answers.filter(({ page }) => page === null).map(({ module }) => module),
  };
};
