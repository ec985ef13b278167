import { auditDraw, auditRate, isAudited } from '@ganglion/commitment';
import type { DrawView, InputOf, OutputOf, PayloadOf, Reason } from '@ganglion/contracts';
import { cognitive, type reputation, type sessionQueue } from '@ganglion/contracts';
import { born, hearOnce } from '@ganglion/database';
import type { Epoch, Prisma } from '@ganglion/database/cognitive';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { PATIENCE_MS } from './audit-course.js';
import { auditLifecycle } from './audit.lifecycle.js';
import { CognitiveDatabase, type Tx } from './database.store.js';
import { EpochStore } from './epoch.store.js';

/** A task is mostly revealed and judged by then; a look before costs a question. */
const FIRST_LOOK_MS = 1_000;

const withAudit = { audit: { include: { verifications: { orderBy: { askedAt: 'asc' } } } } } as const;
type DrawRow = Prisma.DrawGetPayload<{ include: typeof withAudit }>;

/** Who is audited: drawn once per precommit, in the transaction that hears of it. */
@Injectable()
export class DrawStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly epochs: EpochStore,
    private readonly clock: Clock,
  ) {}

  /** Draws for one precommit. The id of its audit; null for one that is not drawn, or was drawn for before. */
  async hear(
    fact: PayloadOf<typeof sessionQueue.taskPrecommitted>,
    eventId: string | undefined,
  ): Promise<string | null> {
    const at = new Date(fact.at);
    const epoch = await this.database.client.epoch.findFirst({
      where: { startsAt: { lte: at }, endsAt: { gt: at } },
      orderBy: { number: 'asc' },
    });
    if (!epoch || fact.precommit === undefined) return null;
    const heard = { ...fact, precommit: fact.precommit };
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      if (eventId !== undefined && !(await hearOnce(tx, eventId, now))) return null;
      return draw(tx, epoch, { heard, now });
    });
  }

  /** Keeps a node's score, unless a newer one was heard. */
  async rate({ nodeId, score, at }: PayloadOf<typeof reputation.scoreChanged>): Promise<void> {
    const thousandths = Math.min(1_000, Math.max(0, Math.round(score * 1_000)));
    await this.database.client.$executeRaw`
      INSERT INTO "NodeScore" AS s ("nodeId", score, at) VALUES (${nodeId}, ${thousandths}, ${new Date(at)})
      ON CONFLICT ("nodeId") DO UPDATE SET score = excluded.score, at = excluded.at WHERE s.at <= excluded.at`;
  }

  /** What was heard in a closed epoch, page by page. @throws Fault `NOT_FOUND`; `CONFLICT` until it is closed */
  async list(input: InputOf<typeof cognitive.draws>): Promise<OutputOf<typeof cognitive.draws>> {
    const { epoch: number, cursor, limit } = input;
    const epoch = await this.epochs.closed(number);
    const rows = await this.database.client.draw.findMany({
      where: { epoch: number, ...(cursor === undefined ? {} : { id: { gt: cursor } }) },
      orderBy: { id: 'asc' },
      take: limit + 1,
      include: withAudit,
    });
    const items = rows.slice(0, limit).map(viewOf);
    return { epoch, items, nextCursor: rows.length > limit ? (items.at(-1)?.drawId ?? null) : null };
  }
}

interface Hearing {
  heard: PayloadOf<typeof sessionQueue.taskPrecommitted> & { precommit: string };
  now: Date;
}

const draw = async (tx: Tx, epoch: Epoch, { heard, now }: Hearing): Promise<string | null> => {
  const { taskId, attempt, nodeId, precommit, at } = heard;
  const score = (await tx.nodeScore.findUnique({ where: { nodeId } }))?.score ?? 0;
  const rate = auditRate(epoch.baseRate, score);
  const of = { epoch: epoch.number, taskId, attempt, nodeId, precommit };
  const [row] = await tx.draw.createManyAndReturn({
    data: [{ ...of, precommittedAt: new Date(at), score, rate }],
    skipDuplicates: true,
  });
  if (!row || !isAudited(auditDraw(epoch.seed, { taskId, attempt, precommit }), rate)) return null;
  await tx.audit.create({
    data: {
      id: row.id,
      epoch: epoch.number,
      nodeId,
      dueAt: new Date(now.getTime() + FIRST_LOOK_MS),
      giveUpAt: new Date(now.getTime() + PATIENCE_MS),
    },
  });
  await born(tx, auditLifecycle, { id: row.id, at: now });
  return row.id;
};

const viewOf = ({ audit, ...row }: DrawRow): DrawView => ({
  drawId: row.id,
  taskId: row.taskId,
  attempt: row.attempt,
  nodeId: row.nodeId,
  precommit: row.precommit,
  precommittedAt: row.precommittedAt.toISOString(),
  score: row.score,
  rate: row.rate,
  audit: audit && {
    state: audit.state,
    reasons: reasonsOf(audit.reasons),
    verifications: audit.verifications.map(
      ({ nodeId, determinismClass, state, reasons, askedAt, endedAt }) => ({
        nodeId,
        determinismClass,
        state,
        reasons: reasonsOf(reasons),
        askedAt: askedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
      }),
    ),
    endedAt: audit.endedAt?.toISOString() ?? null,
  },
});

const reasonsOf = (reasons: Prisma.JsonValue): Reason[] => (reasons as Reason[] | null) ?? [];
