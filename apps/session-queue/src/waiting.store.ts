import { sessionQueue } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import { type Lane, TEST_SLOT } from './lane.js';
import { mayBeOffered } from './replicas.store.js';
import { taskLifecycle } from './task.lifecycle.js';

export interface Place {
  /** From 1; 0 when the task no longer waits. */
  readonly position: number;
  /** Milliseconds until its turn. Null: nothing can be said, as no node works for the session. */
  readonly etaMs: number | null;
}

/** Places further back than this are not told one by one. */
const TOLD = 200;

/** Who waits, where, and for how long. */
@Injectable()
export class WaitingStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /** Lanes with tasks, or replicas of them, that may be offered now. */
  async lanes(): Promise<Lane[]> {
    const rows = await this.database.client.$queryRawUnsafe<
      { sessionId: string | null; nodeId: string | null }[]
    >(
      `SELECT DISTINCT t."sessionId", t."nodeId" FROM "Task" t
       WHERE ${mayBeOffered} AND t."nextOfferAt" <= $1`,
      this.clock.now(),
    );
    return rows.map(({ sessionId, nodeId }) => (nodeId === null ? { sessionId: sessionId! } : { nodeId }));
  }

  /** The waiting tasks of a session in order: the tokens before each, over the measured speed of its nodes. */
  async places(sessionId: string): Promise<Map<string, Place>> {
    const { client } = this.database;
    const [rows, { _sum: speed }, { _sum: running }] = await Promise.all([
      client.$queryRaw<{ id: string; position: bigint; ahead: bigint }[]>`
        SELECT id, row_number() OVER w AS position, sum("expectedTokens") OVER w - "expectedTokens" AS ahead
        FROM "Task" WHERE "sessionId" = ${sessionId}::uuid AND state = 'QUEUED'
        WINDOW w AS (ORDER BY "submittedAt", id ROWS UNBOUNDED PRECEDING) ORDER BY "submittedAt", id LIMIT ${TOLD}`,
      client.assignment.aggregate({ where: { sessionId, state: 'ACTIVE' }, _sum: { tokensPerSecond: true } }),
      client.task.aggregate({
        where: { sessionId, state: { in: ['DISPATCHED', 'STREAMING'] } },
        _sum: { expectedTokens: true },
      }),
    ]);
    const perMs = (speed.tokensPerSecond ?? 0) / 1_000;
    const eta = (ahead: bigint): number | null =>
      perMs > 0 ? Math.round((Number(ahead) + (running.expectedTokens ?? 0)) / perMs) : null;
    return new Map(
      rows.map(({ id, position, ahead }) => [id, { position: Number(position), etaMs: eta(ahead) }]),
    );
  }

  async placeOf(task: { id: string; state: string; sessionId: string | null }): Promise<Place> {
    if (task.state !== 'QUEUED' || task.sessionId === null) return { position: 0, etaMs: null };
    return (await this.places(task.sessionId)).get(task.id) ?? { position: TOLD + 1, etaMs: null };
  }

  /** Place in its session's queue by one count. */
  async positionOf(task: { id: string; sessionId: string | null; submittedAt: Date }): Promise<number> {
    const { id, sessionId, submittedAt } = task;
    const isEarlier = [{ submittedAt: { lt: submittedAt } }, { submittedAt, id: { lt: id } }];
    return (
      1 + (await this.database.client.task.count({ where: { sessionId, state: 'QUEUED', OR: isEarlier } }))
    );
  }

  /** Tasks of this session wait and no slot is free: whoever manages the session hears it. */
  async sayStarved(sessionId: string): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      const queued = await tx.task.count({ where: { sessionId, state: 'QUEUED' } });
      const nodes = await tx.assignment.count({ where: { sessionId, state: 'ACTIVE' } });
      if (queued === 0) return;
      await record(tx, {
        event: sessionQueue.starved,
        payload: { sessionId, queued, nodes, at: at.toISOString() },
        entity: 'session',
        entityId: sessionId,
        at,
      });
    });
    this.outbox.wake();
  }

  /** Tasks that have not ended by state, and the slots of assigned nodes by use. */
  async counts(): Promise<{ tasks: Map<string, number>; slots: { free: number; taken: number } }> {
    const { client } = this.database;
    const states = taskLifecycle.states.filter((state) => !taskLifecycle.isFinal(state));
    const capacity = { index: { gt: TEST_SLOT } };
    const [groups, free, taken] = await Promise.all([
      client.task.groupBy({ by: ['state'], where: { state: { in: states } }, _count: true }),
      client.slot.count({ where: { ...capacity, attemptId: null } }),
      client.slot.count({ where: { ...capacity, attemptId: { not: null } } }),
    ]);
    return { tasks: new Map(groups.map(({ state, _count }) => [state, _count])), slots: { free, taken } };
  }
}
