/**
 * Work on the same thing, one after the other in the order in which it came; on different things side by side. Rows are
 * locked for it all the same, since there are other replicas: but whoever waits for a row holds a connection meanwhile.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, number>();

  /** Does this when it is its turn. What came before may fail without harm to it. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const turn = this.after(key, before, work);
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }

  /** Is there work that waits for its turn? It will see all that is true now. */
  isAwaited(key: string): boolean {
    return (this.#waiting.get(key) ?? 0) > 0;
  }

  private async after<T>(
    key: string,
    before: Promise<unknown> | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    this.wait(key, 1);
    await before?.catch(() => {});
    this.wait(key, -1);
    return work();
  }

  private wait(key: string, more: number): void {
    const count = (this.#waiting.get(key) ?? 0) + more;
    if (count > 0) this.#waiting.set(key, count);
    else this.#waiting.delete(key);
  }
}
