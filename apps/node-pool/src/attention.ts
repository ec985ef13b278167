/** A gap between two looks at the clock longer than this means that we slept, not the nodes. */
const GAP_MS = 5_000;

/**
 * Since when this process has been listening without a break. After a start, a suspended machine or a stalled
 * process every node looks silent; it is judged only by the silence we could have heard.
 */
export class Attention {
  #since: number;
  #last: number;

  constructor(now: number) {
    this.#since = now;
    this.#last = now;
  }

  /** The broker or the database was away: nobody could be heard, or noted, until now. */
  interrupted(now: number): void {
    this.#since = now;
  }

  /** To be called every two seconds or so; answers since when (epoch ms) we have been listening. */
  note(now: number): number {
    if (now - this.#last > GAP_MS) this.#since = now;
    this.#last = now;
    return this.#since;
  }
}
