/**
 * Token ids by falling score, ties by rising id, drawn one at a time from a heap: the few that top-k and top-p need
 * come out without sorting a whole vocabulary.
 */
export class Ranking {
  readonly #scores: ArrayLike<number>;
  readonly #heap: Uint32Array;
  #size: number;

  /** @param ids the tokens to rank; copied */
  constructor(scores: ArrayLike<number>, ids: ArrayLike<number>) {
    this.#scores = scores;
    this.#heap = new Uint32Array(ids);
    this.#size = ids.length;
    for (let at = (this.#size >>> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  /** The next token, or undefined when all have been drawn. */
  next(): number | undefined {
    if (this.#size === 0) return undefined;
    const top = this.#heap[0]!;
    this.#size--;
    this.#heap[0] = this.#heap[this.#size]!;
    this.#sink(0);
    return top;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#scores[a]! - this.#scores[b]!;
    return difference > 0 || (difference === 0 && a < b);
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const id = heap[start]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, id)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = id;
  }
}
