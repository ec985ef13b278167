import { type Request, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Metrics } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import type { z } from 'zod';
import { noteCompanionEnqueued } from './companion-note.js';
import { noteBound, noteEnqueued, noteRevealing, type Note } from './note.js';
import { type News, ProgressStore, type Step } from './progress.store.js';
import { companionTaskOf, taskOf } from './request.js';
import { patienceOf } from './patience.js';
import { RoleService } from './role.service.js';
import { mostRequestsOf, requestOf, shapeOf } from './round-rows.store.js';
import { Turns } from './turns.js';
import { type Word, wordOf } from './word.js';

const QUEUE_TIMEOUT_MS = 3_000;
/** More steps than a round has; what is left then, the clock's next turn does. */
const STEPS = 16;

/** Drives one round as far as it can go now: decide and write, speak to the queue, and again with its answers. */
@Injectable()
export class ProgressService {
  readonly #log = new Logger(ProgressService.name);
  readonly #turns = new Turns();

  constructor(
    private readonly store: ProgressStore,
    private readonly roles: RoleService,
    private readonly bus: Bus,
    private readonly metrics: Metrics,
  ) {}

  /** Safe to call at any time, by any replica, as often as one likes. */
  async drive(roundId: string, news?: News): Promise<void> {
    if (!news && this.#turns.isAwaited(roundId)) return;
    let next = news;
    for (let steps = 0; steps < STEPS; steps++) {
      const told = next;
      const step = await this.#turns.take(roundId, () => this.store.step(roundId, told));
      if (!step) return;
      this.note(roundId, step);
      const [said, roles, words] = await Promise.all([
        this.speak(step),
        this.roles.speak(step),
        this.inquire(step),
      ]);
      const notes = [...said, ...boundBy(words)];
      // A challenge that has just become complete is handed out in the next step, as it is then.
      if (notes.length + roles.length + words.size === 0 && step.plan.source === null) return;
      next = { notes: () => notes, roles, words };
    }
  }

  /** Hands tasks over, asks for reveals, cancels what is judged; the news of what the queue said. */
  private async speak({ plan, facts, row }: Step): Promise<Note[]> {
    const { createdAt, lifetimeMs, redundancy } = row;
    const envelope = { request: requestOf(row), createdAt, lifetimeMs, redundancy };
    for (const taskId of plan.cancel) void this.cancel(taskId);
    const isDue = ({ taskId }: { taskId: string }): boolean => plan.enqueue.includes(taskId);
    const enqueued = facts.participants.filter(isDue).map(async (participant) => {
      const task = taskOf(participant, envelope);
      return noteEnqueued(participant.taskId, await this.outcome(sessionQueue.enqueue, task));
    });
    const companions = row.companions.filter(isDue).map(async (companion) => {
      const beside = row.companions.filter(({ nodeId }) => nodeId === companion.nodeId).length;
      const task = companionTaskOf(companion, 1 + beside);
      return noteCompanionEnqueued(companion.taskId, await this.outcome(sessionQueue.enqueue, task));
    });
    const revealing = plan.reveal.map(async (taskId) =>
      noteRevealing(taskId, await this.outcome(sessionQueue.reveal, { taskId })),
    );
    return (await Promise.all([...enqueued, ...companions, ...revealing])).filter((note) => note !== null);
  }

  /** What the queue knows of tasks whose nodes are late, before these are blamed. */
  private async inquire({ plan, row, facts, at: now }: Step): Promise<Map<string, Word>> {
    const allowMs = patienceOf('PRECOMMITTING', mostRequestsOf(row), shapeOf(row));
    const deadline = { state: facts.state, now, deadlineAt: facts.deadlineAt, allowMs };
    const words = new Map<string, Word>();
    const ask = async (taskId: string): Promise<void> => {
      const said = await this.outcome(sessionQueue.get, { taskId });
      const word = wordOf(said, deadline);
      if (word) words.set(taskId, word);
    };
    await Promise.all(plan.inquire.map(ask));
    return words;
  }

  /** The queue's answer, or the error instead of it. */
  private async outcome<R extends Request>(message: R, input: z.input<R['input']>): Promise<unknown> {
    try {
      return await this.bus.request(message, input, { timeoutMs: QUEUE_TIMEOUT_MS });
    } catch (error) {
      return error;
    }
  }

  /** Best effort, to free the node: a task that is not cancelled expires. */
  private async cancel(taskId: string): Promise<void> {
    const reason = { code: 'cancelled', message: 'its health test is over' };
    await this.outcome(sessionQueue.cancel, { taskId, reason });
  }

  private note(roundId: string, { plan, facts }: Step): void {
    for (const { taskId, outcome, reason } of plan.judgements) {
      const nodeId = facts.participants.find((p) => p.taskId === taskId)?.nodeId;
      this.#log.log({ roundId, nodeId, taskId, outcome, reason: `${reason.code}: ${reason.message}` });
      this.metrics
        .counter('ganglion_verdicts_total', 'Participants judged, by outcome', ['outcome'])
        .inc({ outcome });
    }
    for (const { turnId, outcome, reason } of plan.endings) {
      const turn = facts.turns.find((one) => one.turnId === turnId);
      this.roles.ended({ roundId, nodeId: turn?.nodeId, role: turn?.role, outcome, reason });
    }
    for (const state of plan.moves) {
      this.#log.log({ roundId, state });
      this.metrics.counter('ganglion_rounds_total', 'Rounds that entered a state', ['state']).inc({ state });
    }
  }
}

/** Whoever the queue says has precommitted did so, though its event has not come. */
const boundBy = (words: ReadonlyMap<string, Word>): Note[] =>
  [...words].flatMap(([taskId, word]) =>
    word === 'bound' || word === 'answered' ? [noteBound(taskId)] : [],
  );
