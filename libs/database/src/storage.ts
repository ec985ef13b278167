import type { ModuleStorage } from '@ganglion/contracts';

/** Any module's client. */
export interface StorageReader {
  $queryRawUnsafe<T>(sql: string, ...values: unknown[]): PromiseLike<T>;
}

const MEASURE = `SELECT waiting::float8 AS waiting, oldest, (
    SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::float8 FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'm', 'p')
  ) AS bytes
  FROM (
    SELECT count(*) AS waiting, min(at) AS oldest FROM "Event" WHERE subject IS NOT NULL AND "publishedAt" IS NULL
  ) AS outbox`;

/** What a module keeps: how much its outbox lags, by the clock that its events were told by, and the size of its schema. */
export const storageOf = async (client: StorageReader, now: Date): Promise<ModuleStorage> => {
  const [row] =
    await client.$queryRawUnsafe<{ waiting: number; oldest: Date | null; bytes: number }[]>(MEASURE);
  const { waiting, oldest, bytes } = row!;
  const oldestMs = oldest && Math.max(0, now.getTime() - oldest.getTime());
  return { outbox: { waiting, oldestMs }, databaseBytes: bytes };
};
