import { randomBytes } from 'node:crypto';
import { epochSeedHash } from '@ganglion/commitment';
import { cognitive, type EpochView, Fault, type InputOf, type OutputOf } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import type { Epoch } from '@ganglion/database/cognitive';
import { Clock } from '@ganglion/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { AUDIT_CONFIG, type AuditConfig } from './audit.config.js';
import { CognitiveDatabase, CognitiveOutbox, type Tx } from './database.store.js';
import { nextEpoch, settledBefore } from './epoch-plan.js';
import { lockLeader } from './leader.store.js';

/** The epochs of audits: announced before they start, closed when their audits have ended. */
@Injectable()
export class EpochStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly outbox: CognitiveOutbox,
    private readonly clock: Clock,
    @Inject(AUDIT_CONFIG) private readonly config: AuditConfig,
  ) {}

  /** Announces the next epoch and closes those that are over, as far as it is time. Replicas may do so at once. */
  async keep(): Promise<void> {
    const at = this.clock.now();
    if (!(await this.isDue(at))) return;
    const isChanged = await this.database.transaction(async (tx) => {
      // Replicas that decide at once would announce two for one time.
      await lockLeader(tx);
      const isAnnounced = await this.announce(tx, at);
      const closed = await this.closable(tx, at);
      for (const epoch of closed) await close(tx, epoch, at);
      await trim(tx, at, this.config.keepDays);
      return isAnnounced || closed.length > 0;
    });
    if (isChanged) this.outbox.wake();
  }

  /** The newest first; `cursor` is the last number of the page before. */
  async list({
    cursor,
    limit,
  }: InputOf<typeof cognitive.epochs>): Promise<OutputOf<typeof cognitive.epochs>> {
    const rows = await this.database.client.epoch.findMany({
      ...(cursor === undefined ? {} : { where: { number: { lt: Number(cursor) } } }),
      orderBy: { number: 'desc' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(viewOf);
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)!.epoch) : null };
  }

  /**
   * An epoch whose seed is revealed.
   * @throws Fault `NOT_FOUND`, also when they were deleted, or `CONFLICT` while its draws are nobody's to see
   */
  async closed(number: number): Promise<EpochView> {
    const row = await this.database.client.epoch.findUnique({ where: { number } });
    if (!row) throw new Fault('NOT_FOUND', `epoch: there is no epoch ${number}`, { field: 'epoch' });
    if (row.trimmedAt) {
      const trimmed = row.trimmedAt.toISOString();
      throw new Fault('NOT_FOUND', `epoch: what was drawn in epoch ${number} was kept until ${trimmed}`);
    }
    if (row.closedAt) return viewOf(row);
    const ends = row.endsAt.toISOString();
    throw new Fault(
      'CONFLICT',
      `epoch ${number} is not closed: it ends ${ends}, and then its audits must end`,
    );
  }

  /** Is there anything to announce, close or trim? Mostly not, so that it costs one statement without a lock. */
  private async isDue(at: Date): Promise<boolean> {
    const { baseRate, keepDays } = this.config;
    const [row] = await this.database.client.$queryRaw<{ isDue: boolean }[]>`
      SELECT ${baseRate > 0} AND NOT EXISTS (SELECT 1 FROM "Epoch" WHERE "startsAt" > ${at})
        OR EXISTS (SELECT 1 FROM "Epoch" WHERE "closedAt" IS NULL AND "endsAt" <= ${settledBefore(at)})
        OR EXISTS (SELECT 1 FROM "Epoch" WHERE "trimmedAt" IS NULL AND "closedAt" < ${keptSince(at, keepDays)})
        AS "isDue"`;
    return row!.isDue;
  }

  private async announce(tx: Tx, at: Date): Promise<boolean> {
    const last = await tx.epoch.findFirst({ orderBy: { startsAt: 'desc' } });
    const span = nextEpoch(last, this.config, at);
    if (!span) return false;
    const seed = randomBytes(32).toString('hex');
    const data = {
      ...span,
      seed,
      seedHash: epochSeedHash(seed),
      baseRate: this.config.baseRate,
      announcedAt: at,
    };
    const { epoch, seedHash, baseRate, startsAt, endsAt } = viewOf(await tx.epoch.create({ data }));
    const payload = { epoch, seedHash, baseRate, startsAt, endsAt, at: at.toISOString() };
    await record(tx, { event: cognitive.epochOpened, payload, entity: 'epoch', entityId: String(epoch), at });
    return true;
  }

  private async closable(tx: Tx, at: Date): Promise<Epoch[]> {
    const over = await tx.epoch.findMany({
      where: { closedAt: null, endsAt: { lte: settledBefore(at) } },
      orderBy: { number: 'asc' },
    });
    if (over.length === 0) return [];
    const live = await tx.audit.groupBy({
      by: ['epoch'],
      where: { epoch: { in: over.map(({ number }) => number) }, endedAt: null },
    });
    return over.filter(({ number }) => !live.some(({ epoch }) => epoch === number));
  }
}

const close = async (tx: Tx, { number, seed, seedHash }: Epoch, at: Date): Promise<void> => {
  await tx.epoch.update({ where: { number }, data: { closedAt: at } });
  const audits = await tx.audit.count({ where: { epoch: number } });
  const payload = { epoch: number, seedHash, seed, audits, at: at.toISOString() };
  await record(tx, { event: cognitive.epochClosed, payload, entity: 'epoch', entityId: String(number), at });
};

const DAY_MS = 86_400_000;
/** What was closed before is deleted. */
const keptSince = (at: Date, keepDays: number): Date => new Date(at.getTime() - keepDays * DAY_MS);

/** So few that the clock's turn is not held up; the next turn deletes more. */
const TRIMMED_AT_ONCE = 2_000;

/** Deletes draws, audits and verifications of an epoch that was closed long ago; the epoch and its seed stay. */
const trim = async (tx: Tx, at: Date, keepDays: number): Promise<void> => {
  const closedAt = { lt: keptSince(at, keepDays) };
  const old = await tx.epoch.findFirst({
    where: { trimmedAt: null, closedAt },
    orderBy: { closedAt: 'asc' },
  });
  if (!old) return;
  const { number } = old;
  const deleted = await tx.$executeRaw`
    DELETE FROM "Draw" WHERE id IN (SELECT id FROM "Draw" WHERE epoch = ${number} LIMIT ${TRIMMED_AT_ONCE})`;
  if (deleted < TRIMMED_AT_ONCE) await tx.epoch.update({ where: { number }, data: { trimmedAt: at } });
};

const viewOf = (row: Epoch): EpochView => ({
  epoch: row.number,
  seedHash: row.seedHash,
  baseRate: row.baseRate,
  announcedAt: row.announcedAt.toISOString(),
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
  seed: row.closedAt ? row.seed : null,
});
