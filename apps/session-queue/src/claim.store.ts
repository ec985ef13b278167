import type { AttemptState, TaskSubmitted } from '@ganglion/contracts';
import { born, move } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { attemptLifecycle, liveAttemptStates } from './attempt.lifecycle.js';
import { QueueDatabase, type Tx } from './database.store.js';
import { type Lane, TEST_SLOT } from './lane.js';
import { lacksReplicas } from './replicas.store.js';
import { taskLifecycle } from './task.lifecycle.js';

/** An attempt that was written and holds a slot: now the miner must be asked. */
export interface Claim {
  readonly attemptId: string;
  readonly attempt: number;
  readonly nodeId: string;
  /** A replica: shows nothing. */
  readonly silent: boolean;
  readonly submitted: TaskSubmitted;
  readonly requestDigest: string;
  /** Ms the miner may take before it counts as stalled. */
  readonly allowMs: number;
}

/** An offer not settled after this was made by a replica of the queue that died. */
const OFFER_DUE_MS = 3_000;
/** A node that refused a task within this time is asked again for it only if no other can be. */
const REFUSED_FOR_MS = 2_000;
/** A miner may take this much longer than its speed lets expect, and never less than a minute. */
const STALL_FACTOR = 4;
const STALL_MS = 60_000;

interface Candidate {
  id: string;
  submitted: TaskSubmitted;
  requestDigest: string;
  expectedTokens: number;
}
interface Place {
  nodeId: string;
  index: number;
  determinismClass: string | null;
  /** Of the whole node: its slots share it. */
  tokensPerSecond: number | null;
  slots: number;
}

const TASK = 't.id, t.submitted, t."requestDigest", t."expectedTokens"';
const SLOT = 's."nodeId", s.index, a."determinismClass", a."tokensPerSecond", a.slots';
/** Free slots of the nodes that work for session $1. */
const FREE = `"Slot" s JOIN "Assignment" a ON a."activeNodeId" = s."nodeId"
  AND a."sessionId" = $1::uuid AND a.state = 'ACTIVE' AND s.index > ${TEST_SLOT} AND s."attemptId" IS NULL`;
/** Outstanding tokens over speed: when the node would be done. */
const BUSY = `(SELECT coalesce(sum(b."expectedTokens"), 0) FROM "Slot" b WHERE b."nodeId" = s."nodeId") / a."tokensPerSecond"`;

/** Among nodes that are equally busy, such as idle ones, one is drawn by its speed; each of its slots is a row. */
const DRAW = `-ln(1 - random()) * a.slots / a."tokensPerSecond"`;

/** Writes who tries what: Task, Attempt and Slot in one transaction. */
@Injectable()
export class ClaimStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes the next task of a lane and a free slot for it. Replicas of what has begun come first: others wait for
   * them. Says what is missing when there is nothing to take.
   */
  async claim(lane: Lane): Promise<Claim | 'no-task' | 'no-slot'> {
    const due = await this.due(lane, this.clock.now());
    if (!due.waits && !due.lacks) return 'no-task';
    return this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const replica =
        due.lacks && 'sessionId' in lane ? await this.nextReplica(tx, lane.sessionId, at) : undefined;
      if (replica && (await this.isStillLacking(tx, replica)))
        return this.write(tx, { task: replica, place: replica, at });
      const task = await this.nextTask(tx, lane, at);
      if (!task) return 'no-task';
      const place = await this.freePlace(tx, lane, { taskId: task.id, at });
      if (!place) return 'no-slot';
      return this.write(tx, { task, place, at });
    });
  }

  /** Is there anything to take? Most looks find nothing, so they cost one statement. */
  private async due(lane: Lane, at: Date): Promise<{ waits: boolean; lacks: boolean }> {
    const [mine, lacks, key] =
      'sessionId' in lane
        ? [`t."sessionId" = $1::uuid`, lacksReplicas, lane.sessionId]
        : [`t."nodeId" = $1`, 'false', lane.nodeId];
    const is = (what: string): string =>
      `EXISTS (SELECT 1 FROM "Task" t WHERE ${mine} AND ${what} AND t."nextOfferAt" <= $2)`;
    const rows = await this.database.client.$queryRawUnsafe<{ waits: boolean; lacks: boolean }[]>(
      `SELECT ${is(`t.state = 'QUEUED'`)} AS waits, ${is(lacks)} AS lacks`,
      key,
      at,
    );
    return rows[0]!;
  }

  /** A task that has begun and lacks a replica, with the best slot on a node that has not tried it. */
  private async nextReplica(tx: Tx, sessionId: string, at: Date): Promise<(Candidate & Place) | undefined> {
    const hasTried = `EXISTS (SELECT 1 FROM "Attempt" x WHERE x."taskId" = t.id AND x."nodeId" = s."nodeId" AND x.state <> 'REFUSED')`;
    const rows = await tx.$queryRawUnsafe<(Candidate & Place)[]>(
      `SELECT ${TASK}, ${SLOT} FROM "Task" t JOIN ${FREE} ON NOT ${hasTried}
       WHERE t."sessionId" = $1::uuid AND ${lacksReplicas} AND t."nextOfferAt" <= $2
       ORDER BY t."submittedAt", t.id, ${BUSY}, ${DRAW} LIMIT 1 FOR UPDATE OF t, s SKIP LOCKED`,
      sessionId,
      at,
    );
    return rows[0];
  }

  /** Asked once more under the task's lock: another replica of the queue may have placed one since we looked. */
  private async isStillLacking(tx: Tx, { id, nodeId, submitted }: Candidate & Place): Promise<boolean> {
    const attempts = await tx.attempt.findMany({
      where: { taskId: id },
      select: { nodeId: true, state: true },
    });
    const isLive = ({ state }: { state: AttemptState }): boolean =>
      liveAttemptStates.some((one) => one === state);
    const hasTried = attempts.some((attempt) => attempt.nodeId === nodeId && attempt.state !== 'REFUSED');
    return !hasTried && attempts.filter(isLive).length < submitted.redundancy;
  }

  /** The longest-waiting task of the owner with the least in flight: fairness between keys. */
  private async nextTask(tx: Tx, lane: Lane, at: Date): Promise<Candidate | undefined> {
    const due = `t.state = 'QUEUED' AND t."nextOfferAt" <= $2`;
    const running = `(SELECT count(*) FROM "Task" r WHERE r."sessionId" = t."sessionId" AND r.owner IS NOT DISTINCT FROM t.owner
      AND r.state IN ('DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING', 'CANCELLING'))`;
    const sql =
      'sessionId' in lane
        ? `SELECT ${TASK} FROM "Task" t WHERE ${due} AND t."sessionId" = $1::uuid ORDER BY ${running}, t."submittedAt", t.id`
        : `SELECT ${TASK} FROM "Task" t WHERE ${due} AND t."nodeId" = $1 ORDER BY t."submittedAt", t.id`;
    const key = 'sessionId' in lane ? lane.sessionId : lane.nodeId;
    const rows = await tx.$queryRawUnsafe<Candidate[]>(`${sql} LIMIT 1 FOR UPDATE OF t SKIP LOCKED`, key, at);
    return rows[0];
  }

  /** Nodes that did not just refuse this task first; among them, least outstanding tokens ÷ speed. */
  private async freePlace(
    tx: Tx,
    lane: Lane,
    { taskId, at }: { taskId: string; at: Date },
  ): Promise<Place | undefined> {
    if ('nodeId' in lane) return this.freeTestPlace(tx, lane.nodeId, at);
    const refused = `EXISTS (SELECT 1 FROM "Attempt" x WHERE x."taskId" = $2::uuid AND x."nodeId" = s."nodeId" AND x."endedAt" > $3)`;
    const rows = await tx.$queryRawUnsafe<Place[]>(
      `SELECT ${SLOT} FROM ${FREE} ORDER BY ${refused}, ${BUSY}, ${DRAW} LIMIT 1 FOR UPDATE OF s SKIP LOCKED`,
      lane.sessionId,
      taskId,
      new Date(at.getTime() - REFUSED_FOR_MS),
    );
    return rows[0];
  }

  /**
   * A node that serves a session is tested in a slot of that session that no task waits for: its miner counts tests and
   * tasks alike, and one too many would be refused. Any other has slots for tests: one, unless a test wants more.
   */
  private async freeTestPlace(tx: Tx, nodeId: string, at: Date): Promise<Place | undefined> {
    const rows = await tx.$queryRaw<Place[]>`
      SELECT s."nodeId", s.index, a."determinismClass", NULL AS "tokensPerSecond", 1 AS slots
      FROM "Slot" s LEFT JOIN "Assignment" a ON a."activeNodeId" = s."nodeId"
      WHERE s."nodeId" = ${nodeId} AND s."attemptId" IS NULL AND (s.index <= ${TEST_SLOT}) = (a.id IS NULL)
        AND NOT EXISTS (SELECT 1 FROM "Task" t
          WHERE t."sessionId" = a."sessionId" AND t.state = 'QUEUED' AND t."nextOfferAt" <= ${at})
      ORDER BY s.index LIMIT 1 FOR UPDATE OF s SKIP LOCKED`;
    return rows[0];
  }

  private async write(
    tx: Tx,
    { task, place, at }: { task: Candidate; place: Place; at: Date },
  ): Promise<Claim> {
    const { submitted, requestDigest, expectedTokens } = task;
    const { nodeId, index, determinismClass, tokensPerSecond, slots } = place;
    const before = await tx.attempt.findMany({
      where: { taskId: task.id },
      select: { silent: true, endedAt: true },
    });
    const attempt = before.length + 1;
    const silent =
      submitted.verify === 'before' || before.some(({ silent, endedAt }) => !silent && endedAt === null);
    const row = await tx.attempt.create({
      data: {
        taskId: task.id,
        attempt,
        nodeId,
        determinismClass,
        silent,
        state: attemptLifecycle.initial,
        offeredAt: at,
        dueAt: new Date(at.getTime() + OFFER_DUE_MS),
      },
    });
    await born(tx, attemptLifecycle, { id: row.id, at });
    await tx.slot.update({
      where: { nodeId_index: { nodeId, index } },
      data: { attemptId: row.id, expectedTokens },
    });
    await move(tx, taskLifecycle, { delegate: tx.task, id: task.id, from: 'QUEUED', to: 'DISPATCHED', at });
    const expectedMs = tokensPerSecond === null ? 0 : (expectedTokens * slots * 1_000) / tokensPerSecond;
    const allowMs = Math.max(STALL_MS, STALL_FACTOR * expectedMs);
    return { attemptId: row.id, attempt, nodeId, silent, submitted, requestDigest, allowMs };
  }
}
