import { Fault } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { ReputationDatabase, type Tx } from './database.store.js';
import { type DayCount, DayCounts } from './day-count.js';
import { type Difference, differences, type NodeFigures } from './figures.js';
import { emptyLedger } from './ledger.js';
import { digestOf, readLedger } from './ledger-text.js';
import { announce } from './ledger.store.js';
import {
  addChanges,
  changeOf,
  dayCountOf,
  entriesAfter,
  type Announced,
  lockNode,
  statOf,
  writeCounted,
} from './node-rows.store.js';
import { beginning, Recount, type Start } from './recount.js';
import { scoreOf } from './score.js';

/** A node with months of events is read from its first row to its last. */
const PATIENCE = { maxWait: 30_000, timeout: 600_000 };

interface Snapshot extends Start {
  readonly digest: string | null;
  /** The digest that its rows come to. */
  readonly seal: string | null;
}

/** Counts nodes anew from what was heard of them, and compares. */
@Injectable()
export class RecountStore {
  constructor(
    private readonly database: ReputationDatabase,
    private readonly clock: Clock,
  ) {}

  /** All nodes, by id. */
  async nodes(): Promise<string[]> {
    const rows = await this.database.client.score.findMany({
      select: { nodeId: true },
      orderBy: { nodeId: 'asc' },
    });
    return rows.map(({ nodeId }) => nodeId);
  }

  /** What differs between a node's stored figures and a recount of its events, at one moment. */
  check(nodeId: string): Promise<Difference[]> {
    return this.database.client.$transaction(
      async (tx) => {
        const snapshot = await snapshotOf(tx, nodeId);
        return differences(
          nodeId,
          await storedOf(tx, nodeId, snapshot),
          await recounted(tx, nodeId, snapshot),
        );
      },
      { ...PATIENCE, isolationLevel: 'RepeatableRead' },
    );
  }

  /** Replaces a node's figures by a recount of its events. Resolves with what was different. */
  rebuild(nodeId: string): Promise<Difference[]> {
    const at = this.clock.now();
    return this.database.client.$transaction(async (tx) => {
      // Before the lock, which would make a row for a node that there is not.
      await scoreRowOf(tx, nodeId);
      const announced = await lockNode(tx, nodeId, at);
      const snapshot = await snapshotOf(tx, nodeId);
      const found = differences(
        nodeId,
        await storedOf(tx, nodeId, snapshot),
        await recounted(tx, nodeId, snapshot),
      );
      if (found.length > 0) await replace(tx, nodeId, { snapshot, announced, at });
      return found;
    }, PATIENCE);
  }

  /** Sessions and nodes count the same attempts: what differs in their sums. */
  async checkSessions(): Promise<Difference[]> {
    const [row] = await this.database.client.$queryRaw<Record<'sessions' | 'nodes', bigint[]>[]>`
      SELECT
        (SELECT ARRAY[coalesce(sum(accepted), 0), coalesce(sum(rejected), 0), coalesce(sum(lost), 0),
          coalesce(sum("completionTokens"), 0)]::bigint[] FROM "SessionStat") AS sessions,
        (SELECT ARRAY[coalesce(sum(accepted), 0), coalesce(sum(rejected), 0), coalesce(sum(lost), 0),
          coalesce(sum("completionTokens"), 0)]::bigint[] FROM "Score") AS nodes`;
    const { sessions, nodes } = row!;
    return ['accepted', 'rejected', 'lost', 'completionTokens']
      .map((figure, n) => ({
        of: 'sessions',
        figure: `sum of ${figure}`,
        stored: String(sessions[n]),
        recounted: String(nodes[n]),
      }))
      .filter(({ stored, recounted: counted }) => stored !== counted);
  }
}

const snapshotOf = async (tx: Tx, nodeId: string): Promise<Snapshot> => {
  const row = await tx.snapshot.findUnique({ where: { nodeId } });
  if (!row) return { ...beginning, digest: null, seal: null };
  const { sequence, state, digest } = row;
  return { sequence, ledger: readLedger(state), digest, seal: digestOf({ nodeId, sequence, state }) };
};

/** @throws Fault `NOT_FOUND` for a node that nothing was heard of. */
const scoreRowOf = async (tx: Tx, nodeId: string) => {
  const row = await tx.score.findUnique({ where: { nodeId } });
  if (!row) throw new Fault('NOT_FOUND', `nodeId: nothing was heard of node ${nodeId} yet`);
  return row;
};

const storedOf = async (tx: Tx, nodeId: string, snapshot: Snapshot): Promise<NodeFigures> => {
  const score = await scoreRowOf(tx, nodeId);
  const kept = await tx.nodeLedger.findUnique({ where: { nodeId } });
  const stats = await tx.nodeStat.findMany({ where: { nodeId }, omit: { nodeId: true } });
  const days = await tx.phaseDay.findMany({ where: { nodeId } });
  const changes = await tx.levelChange.findMany({
    where: { nodeId, sequence: { gt: snapshot.sequence } },
    omit: { nodeId: true },
  });
  const { accepted, rejected, lost, completionTokens } = score;
  return {
    sequence: kept?.sequence ?? 0n,
    ledger: kept ? readLedger(kept.state) : emptyLedger,
    stats: stats.map(statOf),
    score: score.score,
    tasks: { accepted, rejected, lost, completionTokens: Number(completionTokens) },
    days: days.map((row) => dayCountOf(row).count),
    changes: changes.map(changeOf),
    digest: snapshot.digest,
  };
};

const countFrom = async (tx: Tx, nodeId: string, start: Start): Promise<Recount> => {
  const recount = new Recount(start);
  for (;;) {
    const entries = await entriesAfter(tx, nodeId, recount.result().sequence);
    if (entries.length === 0) return recount;
    recount.add(entries);
  }
};

const coveredDays = async (tx: Tx, nodeId: string): Promise<DayCount[]> => {
  const rows = await tx.phaseDay.findMany({ where: { nodeId, coveredTotal: { gt: 0 } } });
  return rows.map((row) => dayCountOf(row).covered);
};

const recounted = async (tx: Tx, nodeId: string, snapshot: Snapshot): Promise<NodeFigures> => {
  const { sequence, ledger, changes, days } = (await countFrom(tx, nodeId, snapshot)).result();
  const { accepted, rejected, lost, completionTokens } = ledger;
  return {
    sequence,
    ledger,
    stats: ledger.stats,
    score: scoreOf(ledger).score,
    tasks: { accepted, rejected, lost, completionTokens },
    days: new DayCounts()
      .merge(await coveredDays(tx, nodeId))
      .merge(days)
      .list(),
    changes,
    digest: snapshot.seal,
  };
};

const replace = async (
  tx: Tx,
  nodeId: string,
  { snapshot, announced, at }: { snapshot: Start; announced: Announced; at: Date },
): Promise<void> => {
  const counted = (await countFrom(tx, nodeId, snapshot)).result();
  await tx.nodeStat.deleteMany({ where: { nodeId } });
  await tx.levelChange.deleteMany({ where: { nodeId, sequence: { gt: snapshot.sequence } } });
  await tx.phaseDay.deleteMany({ where: { nodeId, coveredTotal: 0 } });
  await tx.$executeRaw`
    UPDATE "PhaseDay" SET total = "coveredTotal", succeeded = "coveredSucceeded" WHERE "nodeId" = ${nodeId}`;
  const { score } = scoreOf(counted.ledger);
  await writeCounted(tx, nodeId, { ...counted, score, at });
  await addChanges(tx, nodeId, counted.changes);
  const { level } = counted.ledger.standing;
  await announce(tx, nodeId, { now: { score, level }, announced, at });
};
