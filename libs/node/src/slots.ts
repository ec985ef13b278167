/** What a node computes at once: attempts and scores share it, so that neither overloads it. */
export class Slots {
  readonly #taken = new Set<string>();

  constructor(readonly total: number) {}

  get busy(): number {
    return this.#taken.size;
  }

  /** False when all are taken. A key that has one keeps it. */
  take(key: string): boolean {
    if (!this.#taken.has(key) && this.#taken.size >= this.total) return false;
    this.#taken.add(key);
    return true;
  }

  free(key: string): void {
    this.#taken.delete(key);
  }
}
