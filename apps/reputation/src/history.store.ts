import {
  Fault,
  type InputOf,
  type LevelChange,
  type OutputOf,
  type Phase,
  phases,
  type PhaseSeries,
  reputation,
  type ScoreExplanation,
  seriesBounds,
} from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { ReputationDatabase } from './database.store.js';
import type { DayCount } from './day-count.js';
import { emptyLedger, type Ledger } from './ledger.js';
import { readLedger } from './ledger-text.js';
import { changeOf, dayCountOf } from './node-rows.store.js';
import { explain } from './score.js';
import { type MomentOfTrial, seriesOf } from './series.js';
import { readEvent } from './trial.js';

/** Why a node's score is what it is, and how it came to be. */
@Injectable()
export class HistoryStore {
  constructor(private readonly database: ReputationDatabase) {}

  /** @throws Fault `NOT_FOUND` for a node that nothing was heard of. */
  async explain(nodeId: string): Promise<ScoreExplanation> {
    return { nodeId, ...explain(await this.ledgerOf(nodeId)) };
  }

  /** @throws Fault `NOT_FOUND` for a node that nothing was heard of. */
  async history(input: InputOf<typeof reputation.history>): Promise<OutputOf<typeof reputation.history>> {
    const { nodeId, cursor, limit } = input;
    const { standing } = await this.ledgerOf(nodeId);
    const rows = await this.database.client.levelChange.findMany({
      where: { nodeId, ...(cursor === undefined ? {} : { number: { lt: cursor } }) },
      orderBy: { number: 'desc' },
      take: limit + 1,
      omit: { nodeId: true },
    });
    const items = rows
      .slice(0, limit)
      .map(changeOf)
      .map(({ sequence: _, at, ...change }): LevelChange => ({ ...change, at: at.toISOString() }));
    const nextCursor = rows.length > limit ? String(items.at(-1)!.number) : null;
    return { nodeId, level: standing.level, items, nextCursor };
  }

  /** @throws Fault `NOT_FOUND` for a node that nothing was heard of. */
  async series({
    nodeId,
    phase,
  }: InputOf<typeof reputation.series>): Promise<OutputOf<typeof reputation.series>> {
    await this.ledgerOf(nodeId);
    const moments = await this.moments(nodeId);
    const tried = phases.filter((one) => phase === undefined || phase === one);
    const series: PhaseSeries[] = [];
    for (const one of tried) series.push(seriesOf(one, moments, await this.days(nodeId, one)));
    return { nodeId, series: series.filter(({ days, all }) => days.length > 0 || all.length > 0) };
  }

  /** Zeros for a session of which nothing was heard. */
  async session(sessionId: string): Promise<OutputOf<typeof reputation.session>> {
    const row = await this.database.client.sessionStat.findUnique({ where: { sessionId } });
    return row
      ? { ...row, completionTokens: Number(row.completionTokens) }
      : { sessionId, accepted: 0, rejected: 0, lost: 0, completionTokens: 0 };
  }

  private async ledgerOf(nodeId: string): Promise<Ledger> {
    const row = await this.database.client.nodeLedger.findUnique({ where: { nodeId } });
    if (row) return readLedger(row.state);
    if (await this.database.client.score.findUnique({ where: { nodeId } })) return emptyLedger;
    throw new Fault('NOT_FOUND', `nodeId: nothing was heard of node ${nodeId} yet`);
  }

  /** The trials of the newest events of each kind; what is rare is not crowded out by pings. */
  private async moments(nodeId: string): Promise<MomentOfTrial[]> {
    const rows = await this.database.client.$queryRaw<{ subject: string; payload: unknown }[]>`
      WITH RECURSIVE kinds AS (
        (SELECT subject FROM "HeardEvent" WHERE "nodeId" = ${nodeId} ORDER BY subject LIMIT 1)
        UNION ALL
        SELECT (SELECT subject FROM "HeardEvent" WHERE "nodeId" = ${nodeId} AND subject > kinds.subject
          ORDER BY subject LIMIT 1) FROM kinds WHERE kinds.subject IS NOT NULL)
      SELECT newest.subject, newest.payload FROM kinds CROSS JOIN LATERAL (
        SELECT subject, payload FROM "HeardEvent" e WHERE e."nodeId" = ${nodeId} AND e.subject = kinds.subject
        ORDER BY sequence DESC LIMIT ${seriesBounds.timestamps}) AS newest`;
    return rows.flatMap(({ subject, payload }) => {
      const { at, trials } = readEvent(subject, payload);
      return trials.map((trial) => ({ ...trial, at: at.getTime() }));
    });
  }

  private async days(nodeId: string, phase: Phase): Promise<DayCount[]> {
    const rows = await this.database.client.phaseDay.findMany({
      where: { nodeId, phase },
      orderBy: { day: 'desc' },
      take: seriesBounds.days,
    });
    return rows.map((row) => dayCountOf(row).count).reverse();
  }
}
