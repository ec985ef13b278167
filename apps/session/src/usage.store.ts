import type { OutputOf, session as messages } from '@ganglion/contracts';
import { hearOnce } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { SessionDatabase } from './database.store.js';

export interface Booking {
  owner: string | null;
  promptTokens: number;
  completionTokens: number;
}

/** What each key has used; each event is booked once. */
@Injectable()
export class UsageStore {
  constructor(
    private readonly database: SessionDatabase,
    private readonly clock: Clock,
  ) {}

  async book(eventId: string, { owner, promptTokens, completionTokens }: Booking): Promise<void> {
    if (owner === null) return;
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, eventId, at))) return;
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
}
