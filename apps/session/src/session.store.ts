import {
  Fault,
  type InputOf,
  type Reason,
  session as messages,
  type SessionParameters,
  sessionParameters,
  type SessionState,
  type TaskSubmitted,
} from '@ganglion/contracts';
import { born, hearOnce, history, move, record } from '@ganglion/database';
import { Prisma, type Session } from '@ganglion/database/session';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { SessionDatabase, SessionOutbox } from './database.store.js';
import { openStates, sessionLifecycle } from './session.lifecycle.js';

export interface SessionRow extends Omit<Session, 'parameters' | 'reason'> {
  readonly parameters: SessionParameters;
  readonly reason: Reason | null;
}

interface NewSession {
  owner: string | null;
  modelDigest: string;
  sharedFor: string | null;
  parameters: SessionParameters;
}

const toRow = (row: Session): SessionRow => ({
  ...row,
  parameters: sessionParameters.parse(row.parameters),
  reason: row.reason as Reason | null,
});

@Injectable()
export class SessionStore {
  constructor(
    private readonly database: SessionDatabase,
    private readonly outbox: SessionOutbox,
    private readonly clock: Clock,
  ) {}

  async get(sessionId: string): Promise<SessionRow> {
    const row = await this.database.client.session.findUnique({ where: { id: sessionId } });
    if (!row) throw new Fault('NOT_FOUND', `sessionId: no session ${sessionId}`, { field: 'sessionId' });
    return toRow(row);
  }

  async findShared(modelDigest: string): Promise<SessionRow | null> {
    const row = await this.database.client.session.findUnique({ where: { sharedFor: modelDigest } });
    return row && toRow(row);
  }

  /** Inserts a session and has it RESERVING. Null when another replica made the model's shared session first. */
  async create({ owner, modelDigest, sharedFor, parameters }: NewSession): Promise<SessionRow | null> {
    const at = this.clock.now();
    const expiresAt = sharedFor === null ? new Date(at.getTime() + parameters.ttlSeconds * 1_000) : null;
    return this.database.transaction(async (tx) => {
      const rows = await tx.session.createManyAndReturn({
        data: [
          {
            state: sessionLifecycle.initial,
            owner,
            model: parameters.model,
            modelDigest,
            sharedFor,
            parameters,
            createdAt: at,
            expiresAt,
          },
        ],
        skipDuplicates: true,
      });
      const row = rows[0];
      if (!row) return null;
      await born(tx, sessionLifecycle, { id: row.id, at });
      const reserving = await move(tx, sessionLifecycle, {
        delegate: tx.session,
        id: row.id,
        from: 'REQUESTED',
        to: 'RESERVING',
        at,
      });
      return reserving ? toRow(reserving) : null;
    });
  }

  /** A compare-and-set; false when the session was not in one of the states. */
  async move(
    sessionId: string,
    from: readonly SessionState[],
    to: SessionState,
    reason: Reason | null,
  ): Promise<boolean> {
    const at = this.clock.now();
    const row = await this.database.transaction((tx) =>
      move(tx, sessionLifecycle, {
        delegate: tx.session,
        id: sessionId,
        from,
        to,
        at,
        reason,
        data: { reason: reason ?? Prisma.DbNull },
        says: {
          event: messages.sessionChanged,
          payload: (_, version) => ({ sessionId, state: to, reason, version, at: at.toISOString() }),
        },
      }),
    );
    this.outbox.wake();
    return row !== null;
  }

  /** Says what a session waits for while it gathers its first nodes. */
  async note({ id, reason: before }: SessionRow, reason: Reason): Promise<void> {
    if (before?.code === reason.code && before.message === reason.message) return;
    await this.database.client.session.updateMany({ where: { id, state: 'RESERVING' }, data: { reason } });
  }

  /** Does an explicit session of this model wait for nodes that the shared one could have? */
  async isAnyLacking(modelDigest: string): Promise<boolean> {
    const lacking = await this.database.client.session.findMany({
      where: { modelDigest, sharedFor: null, state: { in: ['RESERVING', 'DEGRADED'] }, settled: false },
      select: { parameters: true },
    });
    return lacking.some(({ parameters }) => sessionParameters.parse(parameters).mode !== 'dedicated');
  }

  /** Sessions that may hold nodes. */
  async unsettled(): Promise<SessionRow[]> {
    const rows = await this.database.client.session.findMany({
      where: { settled: false },
      orderBy: { id: 'asc' },
    });
    return rows.map(toRow);
  }

  async settle(sessionId: string): Promise<void> {
    await this.database.client.session.update({ where: { id: sessionId }, data: { settled: true } });
  }

  async list({
    owner,
    state,
    cursor,
    limit,
  }: InputOf<typeof messages.list>): Promise<{ rows: SessionRow[]; nextCursor: string | null }> {
    const found = await this.database.client.session.findMany({
      where: {
        ...(owner === null ? {} : { owner }),
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const rows = found.slice(0, limit).map(toRow);
    return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
  }

  history(sessionId: string): ReturnType<typeof history> {
    return history(this.database.client, sessionLifecycle.name, sessionId);
  }

  /** Writes that a task was submitted; a repeated submit of the same task says nothing again. */
  async submitted(task: TaskSubmitted): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await hearOnce(tx, `submit:${task.taskId}`, at))) return;
      await record(tx, {
        event: messages.taskSubmitted,
        payload: task,
        entity: 'task',
        entityId: task.taskId,
        at,
      });
    });
    this.outbox.wake();
  }
}

export const isOpen = ({ state }: SessionRow): boolean => (openStates as readonly string[]).includes(state);
