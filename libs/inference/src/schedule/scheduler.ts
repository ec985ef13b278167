import { setImmediate as others } from 'node:timers/promises';
import type { GeneratedToken, Score } from '../engine.js';
import type { Decoder } from '../runtime/decoder.js';
import type { Completion } from './completion.js';
import { runEnd } from './prompt-chunks.js';
import { type Member, RowTable } from './row-table.js';
import { Scoring } from './scoring.js';

/** For judging logits in each round: the answers under way wait for it. */
const JUDGE_MS = 5;

export interface SchedulerListener {
  token(id: number, token: GeneratedToken): void;
  ended(id: number): void;
  scored(id: number, score: Score): void;
  failed(id: number, error: unknown): void;
}

/**
 * Continuous batching (Orca, Yu et al. 2022) with chunked prefill (Sarathi, Agrawal et al. 2023): each round runs one
 * piece of one prompt, then one token of every answer under way. A completion takes a row as soon as one is free and
 * its tokens fit, and leaves it with its last token. What a completion's tokens are never depends on the others.
 * A claim that is scored takes a row too, and its runs take turns with those of prompts; what a vocabulary of logits for
 * each of its tokens says is read a few milliseconds a round.
 */
export class Scheduler {
  readonly #decoder: Decoder;
  readonly #room: number;
  readonly #listener: SchedulerListener;
  readonly #rows: RowTable;
  readonly #waiting = new Map<number, Member['work']>();
  /** The row of the prompt or claim that ran last, and the id it ran for while it does. */
  #turn = -1;
  #running: number | undefined;
  #isRunning = false;

  /** @param room tokens that all rows together may hold: attention state is most of what an answer takes of memory */
  constructor(decoder: Decoder, room: number, listener: SchedulerListener) {
    this.#decoder = decoder;
    this.#room = room;
    this.#listener = listener;
    this.#rows = new RowTable(decoder);
  }

  /** Starts it, or lets it wait for a row; first come, first served. */
  add(id: number, work: Completion | Scoring): void {
    this.#waiting.set(id, work);
    if (!this.#isRunning) void this.#run();
  }

  /** Ends it at once, also in the middle of a run of its own; unknown ids, already ended, are no error. */
  cancel(id: number): void {
    const row = this.#rows.rowOf(id);
    if (row === undefined && !this.#waiting.delete(id)) return;
    if (row !== undefined) this.#rows.free(row);
    if (this.#running === id) this.#decoder.interrupt();
    this.#listener.ended(id);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.size > 0 || !this.#rows.isEmpty) {
      this.#admit();
      if (this.#judge()) await others(); // there may be no run in this round, and a cancel must be heard
      await this.#prefill();
      await this.#decode();
    }
    this.#isRunning = false;
  }

  #admit(): void {
    for (const [id, work] of this.#waiting) {
      const fits = this.#rows.isEmpty || this.#rows.reserved + work.longest <= this.#room;
      if (this.#rows.isFull || !fits) return;
      this.#waiting.delete(id);
      this.#rows.seat({ id, work });
    }
  }

  async #prefill(): Promise<void> {
    const row = this.#nextRun();
    if (row === undefined) return;
    this.#turn = row;
    const member = this.#rows.memberAt(row)!;
    this.#running = member.id;
    try {
      await this.#runPiece(row, member);
    } catch (error) {
      this.#fail(member, error);
    } finally {
      this.#running = undefined;
    }
  }

  async #runPiece(row: number, member: Member): Promise<void> {
    const { work } = member;
    const { prompt } = work;
    const from = this.#decoder.lengthOf(row);
    if (from >= prompt.length && work instanceof Scoring) {
      work.hear(await this.#decoder.appendAll(row, work.runAt(from)));
      return;
    }
    const logits = await this.#decoder.append(row, prompt.slice(from, runEnd(prompt.length, from)));
    if (this.#decoder.lengthOf(row) === prompt.length) this.#read(row, member, logits);
  }

  /** Prompts and claims take turns, so that a long one does not hold up a short one. */
  #nextRun(): number | undefined {
    const scoring = this.#rows.scoring();
    // The logits of a claim's run are in memory that the next such run takes.
    const isJudging = scoring.some((row) => (this.#rows.memberAt(row)!.work as Scoring).isJudging);
    const ready = [...this.#readyPrompts(), ...(isJudging ? [] : scoring)].sort((a, b) => a - b);
    return ready.find((row) => row > this.#turn) ?? ready[0];
  }

  /** A prompt waits while another computes its beginning. */
  #readyPrompts(): number[] {
    const rows = this.#rows.prefilling();
    for (const row of rows) this.#rows.borrowPrefix(row);
    const leads = (row: number): boolean =>
      !rows.some((other) => this.#isBehind(row, other) && this.#rows.isAwaiting(row, other));
    return rows.filter(leads);
  }

  #isBehind(row: number, other: number): boolean {
    const difference = this.#decoder.lengthOf(other) - this.#decoder.lengthOf(row);
    return difference > 0 || (difference === 0 && other < row);
  }

  async #decode(): Promise<void> {
    if (this.#decoder.sharesRuns) this.#rows.compact();
    const rows = this.#rows.decoding();
    if (rows.length === 0) return;
    const members = rows.map((row) => this.#rows.memberAt(row)!);
    const ids = new Array<number | undefined>(rows.at(-1)! + 1).fill(undefined);
    for (const [at, row] of rows.entries()) {
      ids[row] = (members[at]!.work as Completion).outputAt(this.#decoder.lengthOf(row));
    }
    try {
      const logits = await this.#decoder.appendEach(ids);
      for (const [at, row] of rows.entries()) this.#read(row, members[at]!, logits[row]!);
    } catch (error) {
      for (const member of members) this.#fail(member, error);
    }
  }

  /** Takes the next token from the logits, unless there are older ones to be replayed, or it was cancelled meanwhile. */
  #read(row: number, member: Member, logits: Float32Array): void {
    const { id, work } = member;
    if (this.#rows.memberAt(row) !== member) return;
    if (work instanceof Scoring) {
      work.hear([logits.slice()]); // of one position, to be judged when other runs have taken its memory
      return;
    }
    if (this.#decoder.lengthOf(row) < work.length) return;
    try {
      const token = work.next(logits);
      this.#listener.token(id, token);
      if (token.finish === undefined) return;
      this.#rows.free(row);
      this.#listener.ended(id);
    } catch (error) {
      this.#fail(member, error);
    }
  }

  /** Reads of the logits of a claim's run as much as there is time for in one round; of one only. @returns was there any? */
  #judge(): boolean {
    for (const row of this.#rows.scoring()) {
      const member = this.#rows.memberAt(row)!;
      const work = member.work as Scoring;
      if (!work.isJudging) continue;
      try {
        for (const until = performance.now() + JUDGE_MS; work.isJudging && performance.now() < until;)
          work.judge();
        if (work.result) {
          this.#rows.free(row);
          this.#listener.scored(member.id, work.result);
        }
      } catch (error) {
        this.#fail(member, error);
      }
      return true;
    }
    return false;
  }

  #fail({ id }: Member, error: unknown): void {
    const row = this.#rows.rowOf(id);
    if (row === undefined) return;
    this.#rows.free(row);
    this.#listener.failed(id, error);
  }
}
