import type { Frame, ControlRecord, WorkSpan } from '@ganglion/contracts';

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
 * - speed: all its tokens, over the time from the start until the last frame with tokens. A round's answer is short, and
 *   its frames may come almost together: the rate between the first and the last would be anything;
 * - duration: from the start until the frame that ends the answer.
 */
export class Stopwatch {
  #startedAt: number;
  #attempt = 0;
  #firstAt: number | null = null;
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
      this.#firstAt ??= at;
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
    if (isOnward && this.#firstAt === null) this.#startedAt = at;
  }

  /** When the node had the task, and worked on it; `zero` is the epoch ms at which the clock was 0. */
  span(zero: number): WorkSpan {
    const epoch = (at: number | null): number | null => (at === null ? null : zero + at);
    return { from: zero + this.#startedAt, first: epoch(this.#firstAt), end: epoch(this.#endedAt) };
  }

  private restart(attempt: number): void {
    this.#attempt = attempt;
    this.#firstAt = null;
    this.#tokens = 0;
  }

  measured(): Measured {
    const elapsed = this.#firstAt === null ? 0 : this.#lastAt - this.#startedAt;
    return {
      ttftMs: this.#firstAt === null ? null : this.#firstAt - this.#startedAt,
      tokensPerSecond: elapsed > 0 ? (this.#tokens * 1_000) / elapsed : null,
      durationMs: this.#endedAt === null ? null : this.#endedAt - this.#startedAt,
    };
  }
}
