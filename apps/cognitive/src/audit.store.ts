import { type AuditState, cognitive, type Reason } from '@ganglion/contracts';
import { move, record } from '@ganglion/database';
import type { Prisma } from '@ganglion/database/cognitive';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { afterVotes, outcomeOf, outvotedIn, type Vote } from './audit-course.js';
import { auditLifecycle } from './audit.lifecycle.js';
import { CognitiveDatabase, CognitiveOutbox, type Tx } from './database.store.js';

const whole = { draw: true, verifications: true } as const;
/** An audit with its draw and its verifiers' turns. */
export type AuditRow = Prisma.AuditGetPayload<{ include: typeof whole }>;

/** Whoever takes an audit up has this long before another replica may. */
const HOLD_MS = 15_000;
/** Audits that one sweep takes up. */
const BATCH = 50;

/** Where an audit is to go. */
export interface Turn {
  readonly to: AuditState;
  readonly reasons: readonly Reason[];
}

/** A node that is to score, and what its scores will be judged by. */
export interface NewVerifier {
  readonly nodeId: string;
  readonly determinismClass: string;
  readonly evidenceTolerance: number;
  readonly gapTolerance: number;
  readonly contextLength: number | null;
}

/** The audits as they go on. */
@Injectable()
export class AuditStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly outbox: CognitiveOutbox,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** Takes up the audits whose time has come: each is one replica's for a while, and due again if that one dies. */
  async takeDue(): Promise<AuditRow[]> {
    const now = this.clock.now();
    const held = new Date(now.getTime() + HOLD_MS);
    const taken = await this.database.client.$queryRaw<{ id: string }[]>`
      UPDATE "Audit" SET "dueAt" = ${held} WHERE id IN (
        SELECT id FROM "Audit" WHERE "endedAt" IS NULL AND "dueAt" <= ${now}
        ORDER BY "dueAt" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    if (taken.length === 0) return [];
    return this.database.client.audit.findMany({
      where: { id: { in: taken.map(({ id }) => id) } },
      include: whole,
    });
  }

  /** The audit that this verifier was asked to score and has not answered; null when it has none. */
  async askedOf(auditId: string, nodeId: string): Promise<AuditRow | null> {
    return this.database.client.audit.findFirst({
      where: { id: auditId, endedAt: null, verifications: { some: { nodeId, state: 'ASKED' } } },
      include: whole,
    });
  }

  async postpone(auditId: string, dueAt: Date): Promise<void> {
    await this.database.client.audit.updateMany({ where: { id: auditId, endedAt: null }, data: { dueAt } });
  }

  /** Opens a verifier's turn. False when it has another one, or had this one, or the audit went on without it. */
  async ask({ id, state }: AuditRow, verifier: NewVerifier, dueAt: Date): Promise<boolean> {
    const at = this.clock.now();
    return this.database.transaction(async (tx) => {
      // Of several that are asked in one go the first has moved it.
      const from = await lock(tx, id, state === 'CONFIRMING' ? [state] : ['DRAWN', 'SCORING']);
      if (!from) return false;
      const { count } = await tx.verification.createMany({
        data: [{ ...verifier, auditId: id, askedAt: at, dueAt }],
        skipDuplicates: true,
      });
      if (count === 0) return false;
      if (from === 'DRAWN')
        await move(tx, auditLifecycle, { delegate: tx.audit, id, from, to: 'SCORING', at });
      await tx.audit.update({ where: { id }, data: { dueAt } });
      return true;
    });
  }

  /** A node that is busy, or was not reached, had no turn: it may be asked again. */
  async withdraw(auditId: string, nodeId: string): Promise<void> {
    await this.database.client.verification.deleteMany({ where: { auditId, nodeId, state: 'ASKED' } });
  }

  /** Ends a verifier's turn without scores; the audit is due at once. */
  async pass(
    auditId: string,
    nodeId: string,
    ended: { state: 'SILENT' | 'REFUSED'; reason: Reason },
  ): Promise<void> {
    const at = this.clock.now();
    const { state, reason } = ended;
    await this.database.transaction(async (tx) => {
      await tx.verification.updateMany({
        where: { auditId, nodeId, state: 'ASKED' },
        data: { state, reasons: [reason], endedAt: at },
      });
      await tx.audit.updateMany({ where: { id: auditId, endedAt: null }, data: { dueAt: at } });
    });
  }

  /** A verifier has spoken. Where the audit went; null when it stays, when the turn was over, or the audit had gone on. */
  async scored(
    audit: AuditRow & { state: 'SCORING' | 'CONFIRMING' },
    { nodeId, reasons }: { nodeId: string; reasons: readonly Reason[] },
  ): Promise<Turn | null> {
    const at = this.clock.now();
    const { id, state } = audit;
    const turn = await this.database.transaction(async (tx) => {
      if (!(await lock(tx, id, [state]))) return null;
      const { count } = await tx.verification.updateMany({
        where: { auditId: id, nodeId, state: 'ASKED' },
        data: { state: reasons.length > 0 ? 'FAILED' : 'PASSED', reasons: [...reasons], endedAt: at },
      });
      if (count === 0) return null;
      const votes = await votesOn(tx, id);
      const to = afterVotes(votes.map(({ vote }) => vote));
      await sayOutvoted(tx, { auditId: id, votes: votes.map(({ vote }) => vote), at });
      if (to === null) {
        await tx.audit.update({ where: { id }, data: { dueAt: at } });
        return null;
      }
      // What speaks against an answer that fails is what a verifier that found it false said, whoever spoke last.
      const against = votes.find(({ vote }) => vote.isFalse)?.reasons ?? [];
      const entered = { to, reasons: to === 'PASSED' ? [] : against };
      await enterFinally(tx, audit, { ...entered, at });
      return entered;
    });
    this.outbox.wake();
    return turn;
  }

  /** Ends an audit without scores. False when it had gone on. */
  async end(audit: AuditRow, turn: Turn): Promise<boolean> {
    const at = this.clock.now();
    const isEnded = await this.database.transaction(async (tx) => {
      if (!(await lock(tx, audit.id, [audit.state]))) return false;
      await tx.verification.updateMany({
        where: { auditId: audit.id, state: 'ASKED' },
        data: { state: 'SILENT', endedAt: at },
      });
      await enterFinally(tx, audit, { ...turn, at });
      return true;
    });
    this.outbox.wake();
    return isEnded;
  }
}

/** What was said of an answer so far, the first first. */
const votesOn = async (tx: Tx, auditId: string): Promise<{ vote: Vote; reasons: Reason[] }[]> => {
  const rows = await tx.verification.findMany({
    where: { auditId, state: { in: ['PASSED', 'FAILED'] } },
    orderBy: { endedAt: 'asc' },
  });
  return rows.map(({ nodeId, determinismClass, state, reasons }) => ({
    vote: { nodeId, determinismClass, isFalse: state === 'FAILED' },
    reasons: (reasons ?? []) as unknown as Reason[],
  }));
};

const sayOutvoted = async (
  tx: Tx,
  { auditId, votes, at }: { auditId: string; votes: readonly Vote[]; at: Date },
): Promise<void> => {
  const outvoted = outvotedIn(votes);
  if (!outvoted) return;
  const { nodeId, isFalse } = outvoted;
  const said = isFalse ? 'found an answer false that' : 'found nothing in an answer that';
  const message = `it ${said} two others of its determinism class found ${isFalse ? 'right' : 'false'}`;
  const payload = { auditId, nodeId, reason: { code: 'outvoted', message }, at: at.toISOString() };
  await record(tx, { event: cognitive.verifierOutvoted, payload, entity: 'audit', entityId: auditId, at });
};

/** The state of an audit, which is its own until the end of the transaction; null when it is none of these. */
const lock = async (tx: Tx, id: string, states: readonly AuditState[]): Promise<AuditState | null> => {
  const [row] = await tx.$queryRaw<{ state: AuditState }[]>`
    SELECT state::text FROM "Audit" WHERE id = ${id}::uuid FOR UPDATE`;
  return row && states.includes(row.state) ? row.state : null;
};

/** Enters a state that verifiers or their lack have led to; due at once where it is not the end. */
const enterFinally = async (
  tx: Tx,
  audit: AuditRow,
  { to, at, ...turn }: Turn & { at: Date },
): Promise<void> => {
  const { id, state: from, nodeId, draw } = audit;
  const { taskId, attempt } = draw;
  const reasons = turn.reasons.map(({ code, message }) => ({ code, message: message.slice(0, 1_000) }));
  const outcome = outcomeOf(to);
  const payload = { auditId: id, nodeId, taskId, attempt, reasons, at: at.toISOString() };
  await move(tx, auditLifecycle, {
    delegate: tx.audit,
    id,
    from,
    to,
    at,
    reason: reasons[0] ?? null,
    data: { dueAt: at, reasons, ...(outcome ? { endedAt: at } : {}) },
    ...(outcome ? { says: { event: cognitive.auditEnded, payload: { ...payload, outcome } } } : {}),
  });
};
