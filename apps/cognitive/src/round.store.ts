import {
  type Challenge,
  type ChallengeKind,
  cognitive,
  Fault,
  type FrozenRequest,
  type OutputOf,
  type TaskShape,
} from '@ganglion/contracts';
import { born, history, move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { type CompanionTask, drawSubmission } from './companions.js';
import { CognitiveDatabase, CognitiveOutbox, type Tx } from './database.store.js';
import { LeaderStore } from './leader.store.js';
import { roundLifecycle } from './round.lifecycle.js';
import { patienceOf } from './patience.js';
import { drawTaskId } from './task-id.js';
import { submissionsOf } from './role-rows.store.js';
import { type RoundRow, viewOf, whole } from './round-rows.store.js';

type RoundView = OutputOf<typeof cognitive.get>;

/** A node that was just judged is not tested again before the pool can have heard its verdict. */
const SETTLE_MS = 2_000;

export interface Opening {
  epoch: number;
  oracleId: string;
  model: { id: string; digest: string };
  nodeIds: readonly string[];
  challenge: Challenge;
  request: FrozenRequest;
  /** The nodes are at work for sessions meanwhile. */
  serving: boolean;
  /** What the tasks look like. */
  shape: TaskShape;
  kind: ChallengeKind;
  /** Tasks that some nodes have beside their own. */
  companions: readonly CompanionTask[];
  /** Given: nodes make the challenge; the oracle's is used where they do not. */
  byNodes?: { determinismClass: string };
}

/** The rounds as they are opened and shown. */
@Injectable()
export class RoundStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly outbox: CognitiveOutbox,
    private readonly leaders: LeaderStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a round for those of the nodes that are in no other: up to PREPARED, or, where nodes make the challenge, to
   * REQUESTED.
   * @throws Fault `STALE` for an old leader, `CONFLICT` when no node is left.
   */
  async open(opening: Opening): Promise<{ round: RoundView; tasks: { nodeId: string; taskId: string }[] }> {
    const roundId = await this.database.transaction(async (tx) => {
      await this.leaders.follow(tx, opening);
      return this.insert(tx, opening);
    });
    this.outbox.wake();
    const row = await this.row(roundId);
    const tasks = [...row.participants, ...row.companions].map(({ nodeId, taskId }) => ({ nodeId, taskId }));
    return { round: await this.view(row), tasks };
  }

  private async insert(tx: Tx, opening: Opening): Promise<string> {
    const at = this.clock.now();
    const { epoch, oracleId, model, challenge, request, shape, serving, kind, byNodes } = opening;
    const busy = await this.busy(opening.nodeIds, tx);
    const { id: roundId } = await tx.round.create({
      data: {
        model: model.id,
        modelDigest: model.digest,
        epoch,
        creator: oracleId,
        preparer: oracleId,
        challenge,
        request,
        createdAt: at,
        deadlineAt: new Date(
          at.getTime() +
            patienceOf(byNodes ? 'REQUESTED' : 'PREPARED', [request], byNodes ? shape.request : null),
        ),
        lifetimeMs: shape.lifetimeMs,
        redundancy: shape.redundancy,
        kind,
        ...(byNodes ? { ...byNodes, isByNodes: true, shape: shape.request } : {}),
        submissions: { create: byNodes ? [] : submissionsOf(oracleId, { challenge, request, at }) },
      },
    });
    const participants = await tx.participant.createManyAndReturn({
      data: opening.nodeIds
        .filter((nodeId) => !busy.has(nodeId))
        .map((nodeId) => ({ roundId, nodeId, serving, taskId: drawTaskId(at) })),
      skipDuplicates: true,
    });
    if (participants.length === 0)
      throw new Fault('CONFLICT', 'nodeIds: all of them are in another round, or were just judged');
    const nodeIds = new Set(participants.map(({ nodeId }) => nodeId));
    await tx.companion.createMany({
      data: opening.companions
        .filter(({ nodeId }) => nodeIds.has(nodeId))
        .map((companion) => {
          const submittedAt = drawSubmission(at);
          return { ...companion, roundId, submittedAt, taskId: drawTaskId(submittedAt) };
        }),
    });
    await born(tx, roundLifecycle, { id: roundId, at });
    if (byNodes) return roundId;
    await move(tx, roundLifecycle, {
      delegate: tx.round,
      id: roundId,
      from: 'REQUESTED',
      to: 'PREPARED',
      through: ['CREATED'],
      at,
    });
    return roundId;
  }

  /** Those of the nodes that are in a live round, or were judged a moment ago. */
  async busy(nodeIds: readonly string[], client: Tx = this.database.client): Promise<Set<string>> {
    if (nodeIds.length === 0) return new Set();
    const settled = new Date(this.clock.ms() - SETTLE_MS);
    const rows = await client.participant.findMany({
      where: {
        nodeId: { in: [...nodeIds] },
        OR: [{ judgedAt: null }, { judgedAt: { gt: settled } }],
      },
      select: { nodeId: true },
    });
    return new Set(rows.map(({ nodeId }) => nodeId));
  }

  /** How many nodes are in a live test. */
  async liveTests(): Promise<number> {
    return this.database.client.participant.count({ where: { judgedAt: null } });
  }

  /** The rounds that have not ended, those with the nearest deadline first. */
  async live(): Promise<string[]> {
    const rows = await this.database.client.round.findMany({
      where: { endedAt: null },
      orderBy: { deadlineAt: 'asc' },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }

  /** The round of a task; null for a task that is no test. */
  async roundOf(taskId: string): Promise<string | null> {
    const { participant, companion } = this.database.client;
    const where = { taskId };
    const row = (await participant.findUnique({ where })) ?? (await companion.findUnique({ where }));
    return row?.roundId ?? null;
  }

  async get(roundId: string): Promise<RoundView> {
    return this.view(await this.row(roundId));
  }

  /** The newest first; `cursor` is the last id of the page before. */
  async list({ cursor, limit }: { cursor?: string | undefined; limit: number }) {
    const rows = await this.database.client.round.findMany({
      ...(cursor === undefined ? {} : { where: { id: { lt: cursor } } }),
      orderBy: { id: 'desc' },
      take: limit + 1,
      include: whole,
    });
    const items = await Promise.all(rows.slice(0, limit).map((row) => this.view(row)));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.roundId ?? null) : null };
  }

  private async row(roundId: string): Promise<RoundRow> {
    const row = await this.database.client.round.findUnique({ where: { id: roundId }, include: whole });
    if (!row) throw new Fault('NOT_FOUND', `roundId: there is no round ${roundId}`);
    return row;
  }

  private async view(row: RoundRow): Promise<RoundView> {
    return viewOf(row, await history(this.database.client, roundLifecycle.name, row.id));
  }
}
