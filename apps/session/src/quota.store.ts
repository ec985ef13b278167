import { uuid } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { SessionDatabase } from './database.store.js';
import { dayOf, requirePlace, requireTokens } from './quota.js';

/** A task counts no longer than this after it had to be over: whatever ended it may not have been heard. */
const GRACE_MS = 60_000;

export interface Applicant {
  readonly keyId: string;
  readonly taskId: string;
  readonly timeoutSeconds: number;
}

/** What a key may use at once and by the day. Keys without limits cost one look. */
@Injectable()
export class QuotaStore {
  constructor(
    private readonly database: SessionDatabase,
    private readonly clock: Clock,
  ) {}

  /** Counts a task among those of its key. @throws Fault LIMITED that names the limit */
  async admit(task: Applicant): Promise<void> {
    // The column is a UUID: what is none is no key's id.
    if (!uuid.safeParse(task.keyId).success) return;
    const key = await this.database.client.apiKey.findUnique({
      where: { id: task.keyId },
      select: { concurrentTasks: true, tokensPerDay: true },
    });
    if (!key) return;
    if (key.tokensPerDay !== null) await this.checkTokens(task.keyId, key.tokensPerDay);
    if (key.concurrentTasks !== null) await this.takePlace(task, key.concurrentTasks);
  }

  /** The task runs no more, or never did; said again, nothing happens. */
  async free(taskId: string): Promise<void> {
    await this.database.client.openTask.deleteMany({ where: { taskId } });
  }

  private async checkTokens(owner: string, limit: number): Promise<void> {
    const now = this.clock.now();
    const day = new Date(dayOf(now));
    const used = await this.database.client.usageDay.findUnique({ where: { owner_day: { owner, day } } });
    requireTokens(limit, Number(used?.promptTokens ?? 0) + Number(used?.completionTokens ?? 0), now);
  }

  /** One task of a key at a time, so that many at once cannot all find the last place free. */
  private async takePlace({ keyId, taskId, timeoutSeconds }: Applicant, limit: number): Promise<void> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + timeoutSeconds * 1_000 + GRACE_MS);
    await this.database.transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "ApiKey" WHERE id = ${keyId}::uuid FOR UPDATE`;
      await tx.openTask.deleteMany({ where: { owner: keyId, until: { lte: now } } });
      requirePlace(limit, await tx.openTask.count({ where: { owner: keyId, taskId: { not: taskId } } }));
      await tx.openTask.createMany({ data: [{ taskId, owner: keyId, until }], skipDuplicates: true });
    });
  }
}
