import type { InputOf, OutputOf, session as messages } from '@ganglion/contracts';
import { hearOnce } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { SessionDatabase, type Tx } from './database.store.js';
import { dayOf } from './quota.js';

export interface Booking {
  taskId: string;
  owner: string | null;
  promptTokens: number;
  completionTokens: number;
  /** When the task ended: its day is booked, however late it is heard. */
  at: string;
}

/** What each key has used, in all and by the day; each event is booked once. */
@Injectable()
export class UsageStore {
  constructor(
    private readonly database: SessionDatabase,
    private readonly clock: Clock,
  ) {}

  /** Books an ended task, which is no longer one of those that its key has at once. */
  async book(eventId: string, booking: Booking): Promise<void> {
    const { owner, taskId, promptTokens, completionTokens } = booking;
    if (owner === null) return;
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, eventId, at))) return;
      await tx.openTask.deleteMany({ where: { taskId } });
      await tx.usage.upsert({
        where: { owner },
        create: { owner, tasks: 1, promptTokens, completionTokens, updatedAt: at },
        update: {
          tasks: { increment: 1 },
          promptTokens: { increment: promptTokens },
          completionTokens: { increment: completionTokens },
          updatedAt: at,
        },
      });
      await bookDay(tx, owner, booking);
    });
  }

  async of(owner: string): Promise<OutputOf<typeof messages.usage>> {
    const row = await this.database.client.usage.findUnique({ where: { owner } });
    return {
      tasks: row?.tasks ?? 0,
      promptTokens: Number(row?.promptTokens ?? 0),
      completionTokens: Number(row?.completionTokens ?? 0),
    };
  }

  async days({ from, to }: InputOf<typeof messages.usageDays>): Promise<OutputOf<typeof messages.usageDays>> {
    const rows = await this.database.client.usageDay.findMany({
      where: { day: { gte: dateOf(from), lte: dateOf(to) } },
      orderBy: [{ day: 'asc' }, { owner: 'asc' }],
    });
    const items = rows.map(({ day, owner, tasks, promptTokens, completionTokens }) => ({
      day: dayOf(day),
      keyId: owner,
      tasks,
      promptTokens: Number(promptTokens),
      completionTokens: Number(completionTokens),
    }));
    return { items };
  }
}

const dateOf = (day: string): Date => new Date(dayOf(new Date(day)));

/** One statement: two tasks that end at once must not both find the day without a row. */
const bookDay = (tx: Tx, owner: string, { at, promptTokens, completionTokens }: Booking): Promise<number> =>
  tx.$executeRaw`
    INSERT INTO "UsageDay" (owner, day, tasks, "promptTokens", "completionTokens")
    VALUES (${owner}, ${dayOf(new Date(at))}::date, 1, ${promptTokens}, ${completionTokens})
    ON CONFLICT (owner, day) DO UPDATE SET
      tasks = "UsageDay".tasks + 1,
      "promptTokens" = "UsageDay"."promptTokens" + excluded."promptTokens",
      "completionTokens" = "UsageDay"."completionTokens" + excluded."completionTokens"`;
