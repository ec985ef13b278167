import type { Decoder } from '../runtime/decoder.js';
import { Completion } from './completion.js';
import { lastRunEnd, sharedPrefix } from './prompt-chunks.js';
import { Scoring } from './scoring.js';

/** What has a row: a completion, which decodes after its prompt, or a claim that is scored, which goes on in runs. */
export interface Member {
  readonly id: number;
  readonly work: Completion | Scoring;
}

/** Who has which row of a decoder, and what the rows hold, also those that nobody has any more. */
export class RowTable {
  readonly #decoder: Decoder;
  readonly #members: (Member | undefined)[];
  /** The prompt whose attention state a row begins with. */
  readonly #prompts: (readonly number[])[];

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
    this.#members = new Array<Member | undefined>(decoder.rows).fill(undefined);
    this.#prompts = new Array<readonly number[]>(decoder.rows).fill([]);
  }

  /** Tokens that the members may come to hold, all together. */
  get reserved(): number {
    return this.#members.reduce((sum, member) => sum + (member?.work.longest ?? 0), 0);
  }

  get isFull(): boolean {
    return !this.#members.includes(undefined);
  }

  get isEmpty(): boolean {
    return this.#members.every((member) => member === undefined);
  }

  memberAt(row: number): Member | undefined {
    return this.#members[row];
  }

  rowOf(id: number): number | undefined {
    const row = this.#members.findIndex((member) => member?.id === id);
    return row < 0 ? undefined : row;
  }

  /** Rows whose prompt is not all computed yet. */
  prefilling(): number[] {
    return this.#rowsWhere((row, { work }) => !this.#hasPrompt(row, work));
  }

  /** Rows that go on token by token. */
  decoding(): number[] {
    return this.#rowsWhere((row, { work }) => this.#hasPrompt(row, work) && work instanceof Completion);
  }

  /** Rows whose claim is being run. */
  scoring(): number[] {
    return this.#rowsWhere((row, { work }) => this.#hasPrompt(row, work) && work instanceof Scoring);
  }

  /** Gives a free row to a member: one that begins as its prompt does if there is one, else the first. */
  seat(member: Member): void {
    const { prompt } = member.work;
    let [row, kept] = [this.#members.indexOf(undefined), 0];
    for (const [at, other] of this.#members.entries()) {
      if (other !== undefined || this.#reusable(at, prompt) <= kept) continue;
      [row, kept] = [at, this.#reusable(at, prompt)];
    }
    this.#decoder.truncate(row, kept);
    this.#members[row] = member;
    this.#prompts[row] = prompt;
  }

  /** What the row holds stays for a prompt that begins alike, until the row is given away. */
  free(row: number): void {
    this.#members[row] = undefined;
  }

  /** Copies the beginning of a row's prompt from the row that has most of it, if that is more than it has itself. */
  borrowPrefix(row: number): void {
    const prompt = this.#prompts[row]!;
    let [donor, length] = [row, this.#decoder.lengthOf(row)];
    for (const other of this.#prompts.keys()) {
      if (other === row || this.#reusable(other, prompt) <= length) continue;
      [donor, length] = [other, this.#reusable(other, prompt)];
    }
    if (donor !== row) this.#decoder.copy(donor, row, length);
  }

  /** Whether the other row will have more of this row's prompt than the row itself, once its own is computed. */
  isAwaiting(row: number, other: number): boolean {
    return sharedPrefix(this.#prompts[row]!, this.#prompts[other]!) > this.#decoder.lengthOf(row);
  }

  /** Moves rows down into free ones, so that few lie between the first and the last that decode. */
  compact(): void {
    for (;;) {
      const from = this.decoding().at(-1);
      const to = this.#members.indexOf(undefined);
      if (from === undefined || to < 0 || to > from) return;
      this.#decoder.copy(from, to, this.#decoder.lengthOf(from));
      this.#members[to] = this.#members[from];
      this.#prompts[to] = this.#prompts[from]!;
      this.#members[from] = undefined;
    }
  }

  #hasPrompt(row: number, { prompt }: Member['work']): boolean {
    return this.#decoder.lengthOf(row) >= prompt.length;
  }

  #reusable(row: number, prompt: readonly number[]): number {
    const own = this.#prompts[row]!;
    const computed = lastRunEnd(Math.min(this.#decoder.lengthOf(row), own.length));
    return computed === 0 ? 0 : Math.min(computed, sharedPrefix(own, prompt));
  }

  #rowsWhere(isMeant: (row: number, member: Member) => boolean): number[] {
    const rows: number[] = [];
    for (const [row, member] of this.#members.entries()) if (member && isMeant(row, member)) rows.push(row);
    return rows;
  }
}
