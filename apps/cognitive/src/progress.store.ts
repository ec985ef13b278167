import { type Challenge, cognitive, type RoundState } from '@ganglion/contracts';
import { hearOnce, move, record } from '@ganglion/database';
import { Prisma } from '@ganglion/database/cognitive';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { CognitiveDatabase, CognitiveOutbox, type Tx } from './database.store.js';
import type { Note } from './note.js';
import { roundLifecycle } from './round.lifecycle.js';
import { isPending, type Judgement, type RoundFacts } from './round-facts.js';
import { patienceOf } from './patience.js';
import { challengeOf, endTurn, keepRole, type RoleNote, submissionsOf } from './role-rows.store.js';
import { leftOf, planRound, type RoundPlan } from './round-plan.js';
import {
  factsOf,
  mostRequestsOf,
  requestOf,
  type RoundRow,
  shapeOf,
  verdictOf,
  whole,
} from './round-rows.store.js';
import type { Word } from './word.js';

/** News of a round, told in the light of what is known of it. */
export interface News {
  /** Of the event that brought it: applied once. */
  eventId?: string | undefined;
  notes?: (facts: RoundFacts) => readonly Note[];
  roles?: readonly RoleNote[];
  words?: ReadonlyMap<string, Word>;
}

/** A round after a step: what is to be said to the queue, and what it needs to hear. */
export interface Step {
  plan: RoundPlan;
  facts: RoundFacts;
  row: RoundRow;
  /** When it was decided. */
  at: Date;
}

/** Takes rounds onward: news in, verdicts and moves out, in one transaction under the round's lock. */
@Injectable()
export class ProgressStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly outbox: CognitiveOutbox,
    private readonly clock: Clock,
  ) {}

  /** One step of a round; null when it has ended, or when its news was heard before. */
  async step(roundId: string, news?: News): Promise<Step | null> {
    const at = this.clock.now();
    const step = await this.database.transaction(async (tx) => {
      if (!(await lock(tx, roundId))) return null;
      if (news?.eventId && !(await hearOnce(tx, news.eventId, at))) return null;
      let row = await load(tx, roundId);
      const notes = news?.notes?.(factsOf(row)) ?? [];
      const roles = news?.roles ?? [];
      for (const note of notes) await keep(tx, row, { note, at });
      for (const note of roles) await keepRole(tx, row, { note, at });
      if (notes.length + roles.length > 0) row = await load(tx, roundId);
      const lots = roles.filter((note) => note.kind === 'drawn');
      const nobodyFor = lots.find(({ nodeId }) => nodeId === null)?.role ?? null;
      const facts = factsOf(row, { nobodyFor, words: news?.words ?? new Map() });
      const plan = planRound(facts, at);
      const early = notes.map(({ judgement }) => judgement).filter((judgement) => judgement !== undefined);
      await carryOut(tx, row, { plan, at });
      const ended = new Set(notes.map(({ taskId }) => taskId));
      const left = leftOf(facts, early).filter((taskId) => !ended.has(taskId));
      return {
        plan: {
          ...plan,
          judgements: [...early, ...plan.judgements],
          cancel: [...left, ...plan.cancel],
        },
        facts,
        row,
        at,
      };
    });
    this.outbox.wake();
    return step;
  }
}

const lock = async (tx: Tx, roundId: string): Promise<boolean> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT id FROM "Round" WHERE id = ${roundId}::uuid AND "endedAt" IS NULL FOR UPDATE`;
  return rows.length === 1;
};

const load = (tx: Tx, roundId: string): Promise<RoundRow> =>
  tx.round.findUniqueOrThrow({ where: { id: roundId }, include: whole });

/** Keeps what is new about a participant that is still to be judged; what comes later changes nothing. */
const keep = async (tx: Tx, row: RoundRow, { note, at }: { note: Note; at: Date }): Promise<void> => {
  const participant = row.participants.find(({ taskId }) => taskId === note.taskId);
  if (!participant) return keepOfCompanion(tx, row, { note, at });
  if (!isPending(participant)) return;
  const { nodeId, taskId } = participant;
  for (const { phase, accepted, hash, reason } of note.handed) {
    const key = { roundId: row.id, author: nodeId, phase };
    await tx.submission.createMany({
      data: [{ ...key, accepted, hash, at, ...(reason ? { reason } : {}) }],
      skipDuplicates: true,
    });
    if (hash) await tx.submission.updateMany({ where: { ...key, hash: null }, data: { hash } });
  }
  await tx.participant.update({
    where: { taskId },
    data: {
      ...(note.isEnqueued ? { enqueuedAt: participant.enqueuedAt ?? at } : {}),
      ...(note.isRevealing ? { revealedAt: participant.revealedAt ?? at } : {}),
      ...(note.correct === undefined ? {} : { correct: note.correct }),
      ...(note.promptTokens === undefined ? {} : { promptTokens: note.promptTokens }),
      ...(note.answer === undefined ? {} : { answer: note.answer }),
      ...(note.measured ? { measured: note.measured } : {}),
      ...(note.span ? { span: note.span } : {}),
    },
  });
  if (note.judgement) await pronounce(tx, row.id, { judgement: note.judgement, at });
};

/** The same of a task that a participant has beside its own. */
const keepOfCompanion = async (
  tx: Tx,
  row: RoundRow,
  { note, at }: { note: Note; at: Date },
): Promise<void> => {
  const companion = row.companions.find(({ taskId }) => taskId === note.taskId);
  if (!companion) return;
  await tx.companion.update({
    where: { taskId: companion.taskId },
    data: {
      ...(note.isEnqueued ? { enqueuedAt: companion.enqueuedAt ?? at } : {}),
      ...(note.hasEnded ? { endedAt: companion.endedAt ?? at } : {}),
      ...(note.span ? { span: note.span } : {}),
    },
  });
  if (note.judgement) await pronounce(tx, row.id, { judgement: note.judgement, at });
};

const carryOut = async (
  tx: Tx,
  row: RoundRow,
  { plan, at }: { plan: RoundPlan; at: Date },
): Promise<void> => {
  for (const judgement of plan.judgements) await pronounce(tx, row.id, { judgement, at });
  for (const ending of plan.endings) await endTurn(tx, row, { ending, at });
  const challenge = plan.source === 'nodes' ? challengeOf(row) : null;
  if (plan.source === 'oracle')
    await tx.submission.createMany({
      data: submissionsOf(row.creator, {
        challenge: row.challenge as Challenge,
        request: requestOf(row),
        at,
      }).map((submission) => ({ ...submission, roundId: row.id })),
      skipDuplicates: true,
    });
  const to = plan.moves.at(-1);
  if (to === undefined) return;
  const through = plan.moves.slice(0, -1);
  if (roundLifecycle.isFinal(to)) await end(tx, row, { to, through, plan, at });
  else
    await move(tx, roundLifecycle, {
      delegate: tx.round,
      id: row.id,
      from: row.state,
      to,
      through,
      at,
      data: {
        deadlineAt: new Date(at.getTime() + patienceOf(to, mostRequestsOf(row), shapeOf(row))),
        ...challenge,
        ...(plan.source === 'oracle' ? { isByNodes: false } : {}),
      },
    });
};

/** Writes the end of a participant's test, and tells the other modules unless it was excused. */
const pronounce = async (
  tx: Tx,
  roundId: string,
  { judgement, at }: { judgement: Judgement; at: Date },
): Promise<void> => {
  const { taskId, outcome, reason } = judgement;
  const capped = { code: reason.code, message: reason.message.slice(0, 500) };
  const { count } = await tx.participant.updateMany({
    where: { taskId, outcome: 'PENDING' },
    data: { outcome, reason: capped, judgedAt: at },
  });
  if (count === 0) return;
  const row = await load(tx, roundId);
  const participant = row.participants.find((p) => p.taskId === taskId);
  const payload = participant && verdictOf(row, participant);
  if (payload)
    await record(tx, { event: cognitive.verdictGiven, payload, entity: 'participant', entityId: taskId, at });
};

interface Ending {
  to: RoundState;
  through: RoundState[];
  plan: RoundPlan;
  at: Date;
}

const end = async (tx: Tx, row: RoundRow, { to, through, plan, at }: Ending): Promise<void> => {
  const passed = await tx.participant.count({ where: { roundId: row.id, outcome: 'PASSED' } });
  await move(tx, roundLifecycle, {
    delegate: tx.round,
    id: row.id,
    from: row.state,
    to,
    through,
    at,
    reason: plan.reason,
    data: { endedAt: at, reason: plan.reason ?? Prisma.DbNull },
    says: {
      event: cognitive.roundEnded,
      payload: (_, version) => ({
        roundId: row.id,
        state: to,
        participants: row.participants.map(({ nodeId }) => nodeId),
        passed,
        version,
        at: at.toISOString(),
      }),
    },
  });
};
