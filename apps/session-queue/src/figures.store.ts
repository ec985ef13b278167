import {
  Fault,
  type InputOf,
  type OutputOf,
  type OverviewView,
  type sessionQueue,
} from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { QueueDatabase } from './database.store.js';
import { bucketsIn, type Figures, seriesOf, wholeOf } from './figures.js';

const MOST_BUCKETS = 1_000;
const MOST_FAILURES = 10;

type Failure = Omit<OverviewView['failures'][number], 'at'> & { at: Date };

/** The queue in figures. Tests are left out: users see none of them. */
@Injectable()
export class FiguresStore {
  constructor(private readonly database: QueueDatabase) {}

  /** @throws Fault `INVALID` when there would be too many steps */
  async figures(input: InputOf<typeof sessionQueue.figures>): Promise<OutputOf<typeof sessionQueue.figures>> {
    const [from, to] = [timeOf(input.from), timeOf(input.to)];
    const span = { fromMs: from.getTime(), toMs: to.getTime(), bucketSeconds: input.bucketSeconds };
    if (bucketsIn(span) > MOST_BUCKETS)
      throw new Fault('INVALID', `bucketSeconds: more than ${MOST_BUCKETS} steps; take longer ones`);
    const [tasks, figures, failures] = await Promise.all([
      this.open(),
      this.ended(from, to, input.bucketSeconds),
      this.failures(from, to),
    ]);
    return { tasks, ...wholeOf(figures), series: seriesOf(figures, span), failures };
  }

  /** Tasks that have not ended, by state. */
  private async open(): Promise<OverviewView['tasks']> {
    const rows = await this.database.client.$queryRaw<{ state: string; count: number }[]>`
      SELECT state::text, count(*)::int FROM "Task"
      WHERE state IN ('QUEUED', 'DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING', 'CANCELLING')
        AND "sessionId" IS NOT NULL
      GROUP BY state`;
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  /** Of each step in which a task ended, and of all of them. */
  private ended(from: Date, to: Date, bucketSeconds: number): Promise<Figures[]> {
    return this.database.client.$queryRaw<Figures[]>`
      WITH ended AS (
        SELECT id, state, "submittedAt", "completionTokens",
          floor(extract(epoch FROM "endedAt" - ${from}) / ${bucketSeconds})::int AS bucket
        FROM "Task"
        WHERE "endedAt" >= ${from} AND "endedAt" < ${to} AND "sessionId" IS NOT NULL
      ), tried AS (
        SELECT ended.state, ended.bucket, ended."completionTokens",
          extract(epoch FROM min("firstFrameAt") FILTER (WHERE NOT silent) - "submittedAt")::float8 * 1000 AS ttft,
          extract(epoch FROM min("offeredAt") - "submittedAt")::float8 * 1000 AS wait
        FROM ended LEFT JOIN "Attempt" ON "taskId" = ended.id
        GROUP BY ended.id, ended.state, ended.bucket, "submittedAt", ended."completionTokens"
      )
      SELECT bucket,
        count(*) FILTER (WHERE state = 'FINALISED')::int AS finalised,
        count(*) FILTER (WHERE state = 'FAILED')::int AS failed,
        count(*) FILTER (WHERE state = 'CANCELLED')::int AS cancelled,
        count(*) FILTER (WHERE state = 'EXPIRED')::int AS expired,
        coalesce(sum("completionTokens"), 0)::float8 AS tokens,
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY greatest(ttft, 0))
          FILTER (WHERE ttft IS NOT NULL) AS "ttftMs",
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY greatest(wait, 0))
          FILTER (WHERE wait IS NOT NULL) AS "queueWaitMs"
      FROM tried
      GROUP BY GROUPING SETS ((bucket), ())`;
  }

  /** The latest that did not succeed, with the node of their last try. */
  private async failures(from: Date, to: Date): Promise<OverviewView['failures']> {
    const rows = await this.database.client.$queryRaw<Failure[]>`
      SELECT id AS "taskId", model, reason, "endedAt" AS at,
        (SELECT "nodeId" FROM "Attempt" WHERE "taskId" = t.id ORDER BY attempt DESC LIMIT 1) AS "nodeId"
      FROM "Task" t
      WHERE "endedAt" >= ${from} AND "endedAt" < ${to} AND "sessionId" IS NOT NULL
        AND state IN ('FAILED', 'EXPIRED')
      ORDER BY "endedAt" DESC, id DESC LIMIT ${MOST_FAILURES}`;
    return rows.map(({ at, ...failure }) => ({ ...failure, at: at.toISOString() }));
  }
}

/** No task is older, and PostgreSQL has no year 0. */
const timeOf = (iso: string): Date => new Date(Math.max(0, Date.parse(iso)));
