import { Fault, type InputOf, type OutputOf, phases, reputation, type ScoreView } from '@ganglion/contracts';
import type { Prisma } from '@ganglion/database/reputation';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { ReputationDatabase } from './database.store.js';
import { emptyLedger, type Ledger } from './ledger.js';
import { readLedger } from './ledger-text.js';
import { blend, type OwnFigures } from './own-figure.js';
import { scoreOf, successRateOf } from './score.js';
import { meanOf } from './speed.js';

type ScoreRow = Prisma.ScoreGetPayload<object>;

/** What is shown of nodes, and what they say of themselves. */
@Injectable()
export class ReputationStore {
  constructor(
    private readonly database: ReputationDatabase,
    private readonly clock: Clock,
  ) {}

  /** @throws Fault `NOT_FOUND` for a node that nothing was heard of. */
  async get(nodeId: string): Promise<ScoreView> {
    const row = await this.database.client.score.findUnique({ where: { nodeId } });
    if (!row) throw new Fault('NOT_FOUND', `nodeId: nothing was heard of node ${nodeId} yet`);
    const [view] = await this.views([row]);
    return view!;
  }

  /** By node id; `cursor` is the last one of the page before. */
  async list({ cursor, limit }: InputOf<typeof reputation.list>): Promise<OutputOf<typeof reputation.list>> {
    const rows = await this.database.client.score.findMany({
      ...(cursor === undefined ? {} : { where: { nodeId: { gt: cursor } } }),
      orderBy: { nodeId: 'asc' },
      take: limit + 1,
    });
    const items = await this.views(rows.slice(0, limit));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.nodeId ?? null) : null };
  }

  /** Keeps what a node says of its own speed. */
  async measured(nodeId: string, report: OwnFigures): Promise<void> {
    const updatedAt = this.clock.now();
    await this.database.transaction(async (tx) => {
      await tx.ownFigure.createMany({ data: [{ nodeId, updatedAt }], skipDuplicates: true });
      const [before] = await tx.$queryRaw<OwnFigures[]>`
        SELECT "ttftMs", "tokensPerSecond" FROM "OwnFigure" WHERE "nodeId" = ${nodeId} FOR UPDATE`;
      const figures = blend(before ?? { ttftMs: null, tokensPerSecond: null }, report);
      await tx.ownFigure.update({
        where: { nodeId },
        data: { ...figures, reports: { increment: 1 }, updatedAt },
      });
    });
  }

  private async views(rows: readonly ScoreRow[]): Promise<ScoreView[]> {
    const where = { nodeId: { in: rows.map(({ nodeId }) => nodeId) } };
    const [ledgers, figures] = await Promise.all([
      this.database.client.nodeLedger.findMany({ where }),
      this.database.client.ownFigure.findMany({ where }),
    ]);
    return rows.map((row) => {
      const { nodeId } = row;
      const kept = ledgers.find((ledger) => ledger.nodeId === nodeId);
      const own = figures.find((figure) => figure.nodeId === nodeId);
      return viewOf(row, kept ? readLedger(kept.state) : emptyLedger, {
        ttftMs: own?.ttftMs ?? null,
        tokensPerSecond: own?.tokensPerSecond ?? null,
      });
    });
  }
}

const viewOf = (
  { nodeId, score, accepted, rejected, lost, completionTokens, updatedAt }: ScoreRow,
  ledger: Ledger,
  measured: OwnFigures,
): ScoreView => {
  const { correct, available, fast } = scoreOf(ledger);
  const { ttft, perToken } = ledger.speed;
  const perTokenMs = meanOf(perToken);
  return {
    nodeId,
    score,
    axes: { correct, available, fast },
    level: ledger.standing.level,
    successRate: successRateOf(ledger.stats),
    phases: [...ledger.stats]
      .sort((a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase))
      .map(({ phase, total, succeeded, points }) => ({ phase, total, succeeded, points })),
    tasks: { accepted, rejected, lost, completionTokens: Number(completionTokens) },
    measured,
    timed: {
      answers: Math.max(ttft.count, perToken.count),
      ttftMs: meanOf(ttft),
      tokensPerSecond: perTokenMs ? 1_000 / perTokenMs : null,
    },
    updatedAt: updatedAt.toISOString(),
  };
};
