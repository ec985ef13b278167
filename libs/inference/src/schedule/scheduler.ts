import type { GeneratedToken } from '../engine.js';
import type { Decoder } from '../runtime/decoder.js';
import type { Completion } from './completion.js';
import { runEnd } from './prompt-chunks.js';
import { type Member, RowTable } from './row-table.js';

export interface SchedulerListener {
  token(id: number, token: GeneratedToken): void;
  ended(id: number): void;
  failed(id: number, error: unknown): void;
}

/**
 * Continuous batching (Orca, Yu et al. 2022) with chunked prefill (Sarathi, Agrawal et al. 2023): each round runs one
 * piece of one prompt, then one token of every answer under way. A completion takes a row as soon as one is free and
 * its tokens fit, and leaves it with its last token. What a completion's tokens are never depends on the others.
 */
export class Scheduler {
  readonly #decoder: Decoder;
  readonly #room: number;
  readonly #listener: SchedulerListener;
  readonly #rows: RowTable;
  readonly #waiting = new Map<number, Completion>();
  /** The row of the prompt that ran last, and the id it ran for while it does. */
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
  add(id: number, completion: Completion): void {
    this.#waiting.set(id, completion);
    if (!this.#isRunning) void this.#run();
  }

  /** Ends it at once, also in the middle of its prompt; unknown ids, already ended, are no error. */
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
      await this.#prefill();
      await this.#decode();
    }
    this.#isRunning = false;
  }

  #admit(): void {
    for (const [id, completion] of this.#waiting) {
      const fits = this.#rows.isEmpty || this.#rows.reserved + completion.longest <= this.#room;
      if (this.#rows.isFull || !fits) return;
      this.#waiting.delete(id);
      this.#rows.seat({ id, completion });
    }
  }

  async #prefill(): Promise<void> {
    const row = this.#nextPrompt();
    if (row === undefined) return;
    this.#turn = row;
    const member = this.#rows.memberAt(row)!;
    const { prompt } = member.completion;
    const from = this.#decoder.lengthOf(row);
    this.#running = member.id;
    try {
      const logits = await this.#decoder.append(row, prompt.slice(from, runEnd(prompt.length, from)));
      if (this.#decoder.lengthOf(row) === prompt.length) this.#read(row, member, logits);
    } catch (error) {
      this.#fail(member, error);
    } finally {
      this.#running = undefined;
    }
  }

  /** Prompts take turns, so that a long one does not hold up a short one; one waits while another computes its beginning. */
  #nextPrompt(): number | undefined {
    const rows = this.#rows.prefilling();
    for (const row of rows) this.#rows.borrowPrefix(row);
    const leads = (row: number): boolean =>
      !rows.some((other) => this.#isBehind(row, other) && this.#rows.isAwaiting(row, other));
    const ready = rows.filter(leads);
    return ready.find((row) => row > this.#turn) ?? ready[0];
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
      ids[row] = members[at]!.completion.outputAt(this.#decoder.lengthOf(row));
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
    const { id, completion } = member;
    if (this.#rows.memberAt(row) !== member || this.#decoder.lengthOf(row) < completion.length) return;
    try {
      const token = completion.next(logits);
      this.#listener.token(id, token);
      if (token.finish === undefined) return;
      this.#rows.free(row);
      this.#listener.ended(id);
    } catch (error) {
      this.#fail(member, error);
    }
  }

  #fail({ id }: Member, error: unknown): void {
    const row = this.#rows.rowOf(id);
    if (row === undefined) return;
    this.#rows.free(row);
    this.#listener.failed(id, error);
  }
}
