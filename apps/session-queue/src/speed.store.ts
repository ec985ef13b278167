import type { Tx } from './database.store.js';

/** Weight of the newest measurement in a node's speed. */
const WEIGHT = 0.3;
/** Of fewer tokens, or in less time, nothing is measured. */
const MIN_TOKENS = 8;
const MIN_MS = 20;

/**
 * Counts a task that a node has answered, and measures the node's speed by it, in tokens per second over all its slots:
 * the attempt's own decode rate between its first frame and its precommit, as the queue heard them, times the number of
 * attempts that computed meanwhile on average. So neither waiting in the miner before the first token, nor what
 * comes after the precommit, nor company in the other slots makes a node look slow. An attempt that streamed nothing is
 * not measured.
 */
export const countTask = async (
  tx: Tx,
  { id, nodeId }: { id: string; nodeId: string },
  completionTokens: number,
): Promise<void> => {
  await tx.$executeRaw`
    WITH own AS (
      SELECT "firstFrameAt" AS t0, "precommittedAt" AS t1, extract(epoch FROM "precommittedAt" - "firstFrameAt") AS seconds
      FROM "Attempt" WHERE id = ${id}::uuid),
    company AS (
      SELECT CASE WHEN a.silent THEN a."offeredAt" ELSE a."firstFrameAt" END AS t0, coalesce(a."precommittedAt", own.t1) AS t1
      FROM own JOIN "Attempt" a ON a."nodeId" = ${nodeId} AND (a."precommittedAt" > own.t0
        OR (a.state IN ('ACKED', 'STREAMING') AND a."precommittedAt" IS NULL))),
    measured AS (
      SELECT (${completionTokens}::float8 - 1) / own.seconds
        * sum(extract(epoch FROM least(company.t1, own.t1) - greatest(company.t0, own.t0))) / own.seconds AS speed
      FROM own JOIN company ON company.t0 < own.t1
      WHERE own.seconds * 1000 >= ${MIN_MS} AND ${completionTokens}::int >= ${MIN_TOKENS}::int GROUP BY own.seconds)
    UPDATE "Assignment" SET "tasksDone" = "tasksDone" + 1, "tokensPerSecond" = coalesce(
      (SELECT "tokensPerSecond" * ${1 - WEIGHT}::float8 + speed * ${WEIGHT}::float8 FROM measured), "tokensPerSecond")
    WHERE "activeNodeId" = ${nodeId}`;
};
