import { gapOf, type Stale } from './touched.js';

/** Lets many events cause few reads: each query is read again at once, but then not before its gap has passed. */
export class Refresher {
  readonly #due = new Set<string>();
  readonly #last = new Map<string, number>();

  touch(stale: Stale): void {
    this.#due.add(JSON.stringify(stale));
  }

  /** What is to be read again now; what came too early stays due. */
  take(now: number): Stale[] {
    const taken: Stale[] = [];
    for (const text of this.#due) {
      const stale = JSON.parse(text) as Stale;
      if (now - (this.#last.get(text) ?? -Infinity) < gapOf(stale)) continue;
      this.#due.delete(text);
      this.#last.set(text, now);
      taken.push(stale);
    }
    this.forget(now);
    return taken;
  }

  /** Ids of tasks come and go for ever. */
  private forget(now: number): void {
    if (this.#last.size < 500) return;
    for (const [text, at] of this.#last)
      if (now - at > 10_000 && !this.#due.has(text)) this.#last.delete(text);
  }
}
