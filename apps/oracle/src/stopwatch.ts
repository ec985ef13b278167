import type { Frame, ControlRecord } from '@ganglion/contracts';

/** Times in ms, speed in tokens per second; null = not seen. */
export interface Measured {
  ttftMs: number | null;
  tokensPerSecond: number | null;
  durationMs: number | null;
}

/**
 * Times one node's answer to one task, from the frames as they arrive. Pure: the caller says what time it is, in ms of
 * a clock that never goes back.
 *
 * - time to first token: from the start (when the queue last said that the task waits, or that it granted it to the
 *   node, before any token)
 *   until the first frame that carries tokens;
 * - decode speed: tokens after those of the first frame, over the time between the first and the last frame with tokens
 *   (null when they all came at once);
 * - duration: from the start until the frame that ends the answer.
 */
export class Stopwatch {
  #startedAt: number;
  #attempt = 0;
  #first: { at: number; tokens: number } | null = null;
  #lastAt = 0;
  #tokens = 0;
  #endedAt: number | null = null;
  #isOver = false;

  constructor(
    private readonly nodeId: string,
    startedAt: number,
  ) {
    this.#startedAt = startedAt;
  }

  /** Has the answer ended, or is it known that no more will come? */
  get isDone(): boolean {
    return this.#isOver;
  }

  /** Hears a frame; those of other nodes, of older attempts and after the end are not counted. */
  frame(sender: string, { attempt, tokens, finish }: Frame, at: number): void {
    if (sender !== this.nodeId || attempt < this.#attempt || this.#isOver) return;
    if (attempt > this.#attempt) this.restart(attempt);
    if (tokens.length > 0) {
      this.#first ??= { at, tokens: tokens.length };
      this.#lastAt = at;
      this.#tokens += tokens.length;
    }
    if (finish === undefined) return;
    this.#endedAt = at;
    this.#isOver = true;
  }

  /** Hears what the queue says of the task. */
  control(record: ControlRecord, at: number): void {
    if (record.type === 'failed' || record.type === 'finalised') this.#isOver = true;
    const isOnward =
      record.type === 'position' || (record.type === 'granted' && record.nodeId === this.nodeId);
    if (isOnward && !this.#first) this.#startedAt = at;
  }

  private restart(attempt: number): void {
    this.#attempt = attempt;
    this.#first = null;
    this.#tokens = 0;
  }

  measured(): Measured {
    const first = this.#first;
    const elapsed = first ? this.#lastAt - first.at : 0;
    return {
      ttftMs: first ? first.at - this.#startedAt : null,
      tokensPerSecond: first && elapsed > 0 ? ((this.#tokens - first.tokens) * 1_000) / elapsed : null,
      durationMs: this.#endedAt === null ? null : this.#endedAt - this.#startedAt,
    };
  }
}
