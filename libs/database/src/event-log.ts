import type { DatabaseModule, eventSearch, EventView, InputOf, OutputOf } from '@ganglion/contracts';

/** Any module's client: all of them have the table Event. */
export interface EventLogClient {
  $queryRawUnsafe<T>(sql: string, ...values: unknown[]): PromiseLike<T>;
}

type Search = InputOf<typeof eventSearch>;

interface Row extends Omit<EventView, 'module' | 'reason' | 'at'> {
  reason: { code?: unknown; message?: unknown } | null;
  at: Date;
}

/** So many events are looked through for one page: what is rare, or never was, costs no more. */
const LOOKED_THROUGH = 20_000;
/** An id is made a moment after the time that its event tells, and by another clock. */
const ID_IS_LATE_MS = 60_000;

/**
 * What happened in one module, the newest first. The order is that of the ids, which grow with time: no index but the
 * table's own is needed, and pages of several modules can be merged by it.
 */
export class EventLog {
  constructor(
    private readonly client: EventLogClient,
    private readonly module: DatabaseModule,
  ) {}

  async page(search: Search): Promise<OutputOf<typeof eventSearch>> {
    const { limit, before } = search;
    // There is no UUIDv7 of that time, nor a date of the year 0 in PostgreSQL.
    if (before !== undefined && Date.parse(before) <= 0) return { items: [], nextCursor: null };
    const below = belowOf(search);
    const end = await this.endOf(search, below);
    const rows = await this.rows(search, { below, end });
    const items = rows.slice(0, limit).map((row) => this.view(row));
    const last = rows.length > limit ? items.at(-1)?.id : end;
    return { items, nextCursor: last ?? null };
  }

  /** The id at which this page's search ends at the latest; undefined: it goes through to the first event of all. */
  private async endOf(
    { limit: _limit, cursor: _cursor, ...filters }: Search,
    below: string,
  ): Promise<string | undefined> {
    const isByIndex = filters.entity !== undefined && filters.entityId !== undefined;
    if (isByIndex || Object.values(filters).every((value) => value === undefined)) return undefined;
    const rows = await this.client.$queryRawUnsafe<{ id: string }[]>(
      `SELECT id FROM "Event" WHERE id < $1::uuid ORDER BY id DESC OFFSET ${LOOKED_THROUGH - 1} LIMIT 1`,
      below,
    );
    return rows[0]?.id;
  }

  private rows(search: Search, { below, end }: { below: string; end: string | undefined }) {
    const values: unknown[] = [];
    const conditions: string[] = [];
    const must = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition.replace('?', `$${values.length}`));
    };
    must('id < ?::uuid', below);
    must('id >= ?::uuid', end);
    must('entity = ?', search.entity);
    must('"entityId" = ?', search.entityId);
    must('"to" = ?', search.to);
    must(`reason->>'code' = ?`, search.code);
    must('subject = ?', search.subject);
    must('at < ?::timestamptz', search.before);
    return this.client.$queryRawUnsafe<Row[]>(
      `SELECT id, entity, "entityId", "from", "to", reason, at, subject FROM "Event"
       WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ${search.limit + 1}`,
      ...values,
    );
  }

  private view({ reason, at, ...row }: Row): EventView {
    return {
      ...row,
      module: this.module,
      reason: reason && {
        code: String(reason.code).slice(0, 64),
        message: String(reason.message).slice(0, 1_024),
      },
      at: at.toISOString(),
    };
  }
}

const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Only events with lower ids are looked at: where the page before ended, or where the time `before` is. */
const belowOf = ({ cursor = NEWEST, before }: Search): string => {
  if (before === undefined) return cursor;
  const hex = (Date.parse(before) + ID_IS_LATE_MS).toString(16).padStart(12, '0');
  const bound = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
  return bound < cursor ? bound : cursor;
};
